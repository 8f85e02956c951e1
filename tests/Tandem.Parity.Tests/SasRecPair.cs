using Tandem.Device.Models;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Protocol.Bundles;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>One set of random weights in both engines: in Torch, and through a bundle on the device.</summary>
internal sealed class SasRecPair : IDisposable
{
    public const int Items = 60;

    private readonly SequenceModel _torch;

    /// <param name="options">Any shape.</param>
    /// <param name="attentionScale">Above 1 makes the attention sharper than random weights do.</param>
    public SasRecPair(SasRecOptions options, float attentionScale = 1)
    {
        manual_seed(options.Width * 100 + options.Heads * 10 + options.Blocks);
        _torch = new SequenceModel(Items, new SasRec(options, new Noise(1)));
        _torch.eval();
        using (no_grad())
        {
            // Every parameter, the norms' included, so that none of them is left at a value which hides it.
            foreach (var (name, parameter) in _torch.named_parameters())
                parameter.uniform_(-0.3, 0.3).mul_(name.EndsWith("qkv.weight", StringComparison.Ordinal) ? attentionScale : 1);
        }

        using var folder = new TemporaryFolder();
        DeviceBundle.Write(_torch, "pair", "catalogue", folder["bundle"]);
        Device = DeviceModel.TryLoad(Bundle.Open(folder["bundle"]), out var model, out var fault)
            ? model!
            : throw new InvalidOperationException(fault);
    }

    public DeviceModel Device { get; }

    /// <summary>[D] and [V] by Torch: the state after the history, and the score of item i + 1 at place i.</summary>
    public (float[] State, float[] Scores) Torch(int[] history)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var ids = history.TakeLast(_torch.Backbone.Window).Select(i => (long)i).ToArray();
        var state = _torch.Encode(_torch.Items.Gather(ids).unsqueeze(0))[0, -1];        // [D]
        var scores = _torch.Items.Weight.narrow(0, 1, Items).mv(state);                 // [V]
        return (state.data<float>().ToArray(), scores.data<float>().ToArray());
    }

    public void Dispose() => _torch.Dispose();
}
