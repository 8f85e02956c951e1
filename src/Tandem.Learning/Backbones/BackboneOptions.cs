using System.Text.Json.Serialization;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones;

/// <summary>
/// Shape and regularisation of a <see cref="Backbone"/>. In JSON, <c>kind</c> says of which: one of <see cref="BackboneKinds"/>, see
/// <see cref="BackboneJson"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
public abstract record BackboneOptions
{
    /// <summary>D. Default 64, as in the strong baselines (docs/protocols.md).</summary>
    public int Width { get; init; } = 64;

    /// <summary>Longest history in items; older items are left out. Default 50, as in SASRec for sparse data.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public virtual IEnumerable<string> Validate()
    {
        if (Width < 1) yield return $"width {Width}; at least 1 is needed";
        if (Window < 1) yield return $"window {Window}; at least 1 item is needed";
    }

    /// <summary>The untrained backbone, its weights drawn from torch's generator.</summary>
    /// <param name="noise">Source of its dropout masks.</param>
    public abstract Backbone Build(Noise noise);
}
