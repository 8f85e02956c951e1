using Tandem.Learning.Backbones;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests.Onnx;

/// <summary>An exported DIN, run by ONNX Runtime, scores as Torch does.</summary>
public sealed class OnnxDinParityTests : IDisposable
{
    private const int Items = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, 36, 80, 40)]
    [InlineData(13, 5, 11, 7)]
    [InlineData(1, 1, 1, 1)]
    public void Scores_are_those_of_Torch(int width, int attention, int hidden, int lastHidden)
    {
        const int window = 9;
        manual_seed(width);
        var options = new DinOptions
        {
            Width = width,
            AttentionHidden = attention,
            Hidden = hidden,
            LastHidden = lastHidden,
            Window = window,
        };
        using var din = new Din(Items, options, new Noise(1));
        din.eval();
        RandomWeights.Fill(din);
        OnnxModel.Write(din, _folder["din.onnx"], new() { Name = "din", CatalogVersion = "catalogue" });
        using var onnx = new OnnxRuntimeModel(_folder["din.onnx"]);
        foreach (var length in new[] { 1, 2, window })
        {
            var (history, candidates) = (Ids.Draw(length, seed: length), Ids.Draw(17, seed: 1000 + length));
            var scores = Torch(din, history, candidates);
            Close.Row(scores, onnx.Run(history, candidates)["scores"], OnnxRuntimeModel.Tolerance);
            Assert.True(width == 1 || scores.Max() - scores.Min() > 0.01, "scores that hardly differ would prove nothing");
        }
    }

    private static float[] Torch(Din din, long[] history, long[] candidates)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var scores = din.Score(din.Items.Gather(history).unsqueeze(0), ones(1, history.Length), din.Items.Gather(candidates));
        return scores[0].data<float>().ToArray();
    }
}
