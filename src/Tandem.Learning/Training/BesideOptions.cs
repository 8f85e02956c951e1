using Tandem.Learning.Backbones;
using Tandem.Learning.Transfer;

namespace Tandem.Learning.Training;

/// <summary>
/// Another model that learns at the same time from the same sequences, with the target's loss and optimiser, for <c>transfer.from</c> =
/// <see cref="TransferOptions.Beside"/>: each transfer reads its weights of the moment, as in MergeNet's program.
/// </summary>
public sealed record BesideOptions
{
    /// <summary>Which backbone and its shape; null, the default, for no such model.</summary>
    public BackboneOptions? Backbone { get; init; }

    /// <summary>
    /// Whether it takes from the target's weights in its turn, by adapters of its own with the same settings. Default false.
    /// </summary>
    public bool Back { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Back && Backbone is null) yield return "beside: back without a model beside; set beside.backbone.kind";
        foreach (var fault in Backbone?.Validate() ?? []) yield return $"beside: {fault}";
    }
}
