using System.Text.Json.Serialization;
using Tandem.Protocol.Bundles;

namespace Tandem.Samples.Averages;

/// <summary>Dimensions of the moving averages in a bundle: those that every backbone has.</summary>
public sealed record AveragesShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind, the same in recipes, bundles and on the device.</summary>
    public const string KindName = "averages";

    /// <inheritdoc/>
    protected override long StateElements => Width;

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
    }

    /// <inheritdoc/>
    protected override void CheckFit(List<string> faults) => CheckElements(faults, "the linear layer, width × width,", (long)Width * Width);
}

/// <summary>Its JSON without reflection, as a program that is compiled ahead of time needs it.</summary>
[JsonSerializable(typeof(AveragesShape))]
internal sealed partial class AveragesJson : JsonSerializerContext;
