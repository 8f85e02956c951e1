using Tandem.Learning.Backbones;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests.Onnx;

/// <summary>One set of random weights in Torch and, through an exported file, in ONNX Runtime.</summary>
internal sealed class OnnxPair : IDisposable
{
    public const int Items = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly SequenceModel _torch;

    /// <param name="options">Any backbone.</param>
    /// <param name="normalized">As the model's.</param>
    /// <param name="times">True for a graph that takes times.</param>
    /// <param name="sharpen">Above 1 makes attention sharper than random weights do.</param>
    public OnnxPair(BackboneOptions options, bool normalized = false, bool times = false, double sharpen = 1)
    {
        manual_seed(options.GetType().Name.Length * 1000 + options.Width);
        _torch = new SequenceModel(Items, options.Build(new Noise(1)), normalized);
        _torch.eval();
        RandomWeights.Fill(_torch, sharpen);
        Summary = OnnxModel.Write(_torch, Path, new() { Name = "pair", CatalogVersion = "catalogue", Times = times });
        Onnx = new(Path);
    }

    public string Path => _folder["model.onnx"];

    public OnnxSummary Summary { get; }

    public OnnxRuntimeModel Onnx { get; }

    /// <summary>State and scores of the candidates by Torch.</summary>
    public (float[] State, float[] Scores) Torch(long[] history, long[] candidates, long[]? times = null)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var state = _torch.Encode(_torch.Rows(history).unsqueeze(0), times is null ? null : tensor(times, 1, times.Length))[0, -1];
        var scores = _torch.Rows(candidates).mv(state);                                 // [N]
        return (state.data<float>().ToArray(), scores.data<float>().ToArray());
    }

    public void Dispose()
    {
        Onnx.Dispose();
        _torch.Dispose();
        _folder.Dispose();
    }
}
