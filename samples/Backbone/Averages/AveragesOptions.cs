using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;

namespace Tandem.Samples.Averages;

/// <summary>Shape and regularisation of <see cref="MovingAverages"/>.</summary>
public sealed record AveragesOptions : BackboneOptions
{
    /// <summary>Share of activations dropped from the averages, in [0, 1). Default 0.2; not tuned.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new MovingAverages(this, noise);
}
