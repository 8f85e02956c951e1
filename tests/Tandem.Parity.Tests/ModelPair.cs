using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Models;
using Tandem.Device.Sessions;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>One set of random weights in both engines: in Torch, and through a bundle on the device.</summary>
internal sealed class ModelPair : IDisposable
{
    public const int Items = 60;

    private readonly nn.Module _torch;
    private readonly Func<long[], long[]?, Tensor> _scores;

    private ModelPair(nn.Module torch, Func<long[], long[]?, Tensor> scores, Action<string> writeBundle, float attentionScale)
    {
        (_torch, _scores) = (torch, scores);
        _torch.eval();
        using (no_grad())
        {
            // Every parameter, the norms' included, so that none of them is left at a value which hides it.
            foreach (var (name, parameter) in _torch.named_parameters())
                parameter.uniform_(-0.3, 0.3).mul_(name.EndsWith("qkv.weight", StringComparison.Ordinal) ? attentionScale : 1);
        }

        using var folder = new TemporaryFolder();
        writeBundle(folder["bundle"]);
        Device = DeviceModel.Open(folder["bundle"]);
    }

    public DeviceModel Device { get; }

    /// <param name="options">Any backbone.</param>
    /// <param name="normalized">True for states and rows of length 1.</param>
    /// <param name="usesTimes">True where the backbone is to read the events' times.</param>
    /// <param name="attentionScale">Above 1 makes SASRec's attention sharper than random weights do.</param>
    public static ModelPair Of(BackboneOptions options, bool normalized = false, bool usesTimes = false, float attentionScale = 1)
    {
        manual_seed(options.Width * 100 + options.Window);
        var model = new SequenceModel(Items, options.Build(new Noise(1)), normalized);
        return new(
            model,
            (items, times) =>
            {
                var clock = times is null ? null : tensor(times, 1, times.Length);
                var state = model.Encode(model.Rows(items).unsqueeze(0), usesTimes ? clock : null)[0, -1];
                return model.Table().narrow(0, 1, Items).mv(state);
            },
            folder => DeviceBundle.Write(model, folder, new() { Name = "pair", CatalogVersion = "catalogue", UsesTimes = usesTimes }),
            attentionScale);
    }

    public static ModelPair Of(DinOptions options)
    {
        manual_seed(options.Width);
        var model = new Din(Items, options, new Noise(1));
        return new(
            model,
            (items, _) => model.Score(
                model.Items.Gather(items).unsqueeze(0), ones(1, items.Length), model.Items.Weight.narrow(0, 1, Items))[0],
            folder => DeviceBundle.Write(model, folder, new() { Name = "pair", CatalogVersion = "catalogue" }),
            attentionScale: 1);
    }

    /// <summary>[V] by Torch: the score of item i + 1 at place i, after the events that the device sees of a history.</summary>
    public float[] TorchScores(int[] history, long[] times)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var first = (int)Device.Shape.FirstSeen(history.Length);
        var scores = _scores([.. history.Skip(first).Select(i => (long)i)], times[first..]).contiguous();
        return MemoryMarshal.Cast<byte, float>(scores.bytes).ToArray();
    }

    /// <summary>[V] by the device, which gets the whole history before it is asked.</summary>
    public float[] DeviceScores(int[] history, long[] times)
    {
        var events = new UserHistory(Math.Max(1, history.Length), Items);
        for (var i = 0; i < history.Length; i++) events.Add(history[i], times[i]);
        var scores = new float[Items];
        new UserModel(Device, null, events).ScoreRange(1, scores);
        return scores;
    }

    /// <summary>[V] by a session, through its public surface.</summary>
    public static float[] SessionScores(DeviceSession session) =>
        [.. session.Recommend(Items, RankingMode.Device).OrderBy(r => r.Item).Select(r => r.DeviceScore)];

    public void Dispose() => _torch.Dispose();
}
