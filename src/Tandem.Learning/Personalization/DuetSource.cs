using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// DUET: e = E(history), shared; of each layer eₙ = Lₙ e and numbers (W₁ eₙ + b₁) W₂ + b₂, where W₁ is the stable weight adapter's mean
/// (equations 2 to 8).
/// </summary>
internal sealed class DuetSource : ParameterSource
{
    [ComponentName(Name = "encoder")] private readonly ConditionEncoder _encoder;
    [ComponentName(Name = "of_layers")] private readonly ModuleList<Linear> _ofLayers;
    [ComponentName(Name = "stable")] private readonly ModuleList<StableMap> _stable;
    [ComponentName(Name = "last")] private readonly ModuleList<Linear> _last;
    private readonly SeededDropout _dropout;

    public DuetSource(IReadOnlyList<DynamicLayer> layers, ParameterOptions options, int width, Noise noise)
        : base(layers, options, noise)
    {
        var inner = options.Width;
        _encoder = new ConditionEncoder(options.Encoder, width, inner);
        _ofLayers = nn.ModuleList(layers.Select(_ => Linears.XavierWithoutSlot(inner, inner)).ToArray());
        _stable = nn.ModuleList(layers.Select(_ => new StableMap(options.StableMaps, inner, inner)).ToArray());
        _last = nn.ModuleList(layers.Select(layer => LastMap(inner, layer.Size)).ToArray());
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    private protected override Tensor Generate(Tensor x, Tensor? items)
    {
        var e = _dropout.forward(_encoder.forward(x));
        return cat([.. _last.Select((last, i) => last.forward(_stable[i].forward(_ofLayers[i].forward(e))))], dim: -1);
    }
}
