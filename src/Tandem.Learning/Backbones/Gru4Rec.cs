using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// GRU4Rec: Session-based Recommendations with Recurrent Neural Networks (Hidasi et al., ICLR 2016, arXiv 1511.06939).
/// </summary>
/// <remarks>
/// r = σ(W_r x + U_r h); z = σ(W_z x + U_z h); n = tanh(W_n x + r ⊙ (U_n h)); h ← (1 − z) ⊙ n + z ⊙ h, each product with its
/// bias. Ours: the reset gate stands after the product, which is cuDNN's form and libtorch's and lets all three run as one;
/// items come in as rows of the same table that scores them, multiplied by √D as in <see cref="SasRec"/>; whole sequences are
/// learned at once in place of parallel sessions. Inputs of all steps are projected in one product, and the steps are one node of
/// autograd (<see cref="RecurrentSteps"/>): an epoch takes .4 to .8 of the time that libtorch's own steps take. Layers are modules of
/// their own, so that the dropout between them draws from the run's <see cref="Noise"/>.
/// </remarks>
public sealed class Gru4Rec : Backbone
{
    private readonly Gru4RecOptions _options;
    [ComponentName(Name = "layers")] private readonly ModuleList<GRU> _layers;
    [ComponentName(Name = "output")] private readonly SlotLinear? _output;              // hidden → D, where they differ
    private readonly SeededDropout _dropout;

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Gru4Rec(Gru4RecOptions options, Noise noise) : base("gru4rec")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _options = options;
        var hidden = options.Hidden ?? options.Width;
        _layers = nn.ModuleList(
            Enumerable.Range(0, options.Layers).Select(i => Layer(i == 0 ? options.Width : hidden, hidden)).ToArray());
        _output = hidden == options.Width ? null : Linears.Xavier(hidden, options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>The map from hidden states to items; there is none where both have one width.</summary>
    public override IReadOnlyList<string> PointwiseLayers => _output is null ? [] : ["output"];

    /// <summary>Layers and their width.</summary>
    public Gru4RecOptions Options => _options;

    /// <param name="x">[B, T, D] embedded items, T ≤ <see cref="Window"/>.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = x.Times(Math.Sqrt(_options.Width));
        foreach (var layer in _layers) h = RecurrentSteps.Of(layer, _dropout.forward(h));
        return (_output?.forward(h) ?? h).MoveToOuterDisposeScope();
    }

    /// <summary>Weights uniform as in the authors' program, each gate's square by Glorot and Bengio 2010; biases 0.</summary>
    private static GRU Layer(int inputs, int hidden)
    {
        var layer = nn.GRU(inputs, hidden, batchFirst: true);
        using var _ = no_grad();
        foreach (var parameter in layer.parameters())
        {
            if (parameter.dim() == 1)
            {
                nn.init.zeros_(parameter);
                continue;
            }

            var bound = Math.Sqrt(6.0 / (parameter.shape[1] + hidden));
            nn.init.uniform_(parameter, -bound, bound);
        }

        return layer;
    }
}
