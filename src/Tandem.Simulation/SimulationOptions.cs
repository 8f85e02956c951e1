using Tandem.Learning.Training;
using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation;

/// <summary>Settings of a replay and of the two models in it.</summary>
public sealed record SimulationOptions
{
    /// <summary>Every random choice derives from it by name.</summary>
    public required int Seed { get; init; }

    /// <summary>Whose windows, fusion and requests are played. Default: this library's.</summary>
    public SimulationMode Mode { get; init; }

    /// <summary>By which numbers the cloud of <see cref="SimulationMode.Paper"/> knows the items. Default: random ones.</summary>
    public ItemNumbering Numbering { get; init; }

    /// <summary>
    /// d, the newest events of a user that the cloud has not received when it makes the first list. Default 2 (LSC4Rec's published
    /// setting).
    /// </summary>
    public int Lag { get; init; } = 2;

    /// <summary>
    /// W: of each user's history so many last events are played with a ranking and a decision after each; the last ranking is measured.
    /// Default 1.
    /// </summary>
    public int Views { get; init; } = 1;

    /// <summary>K, items on a list. Default 50 (LSC4Rec's program).</summary>
    public int ListLength { get; init; } = 50;

    /// <summary>M, the device's own best items that the learned fusion ranks with the list's. Default 50.</summary>
    public int OwnCandidates { get; init; } = 50;

    /// <summary>Shares of views, in [0, 1], at which the device may ask for a new list. Default 0, 20 and 100 %.</summary>
    public IReadOnlyList<double> RequestRates { get; init; } = [0, 0.2, 1];

    /// <summary>Who decides on requests at rates between 0 and 1. Default: expected gain, consistency, random.</summary>
    public IReadOnlyList<RequestKind> Policies { get; init; } = [RequestKind.ExpectedGain, RequestKind.Consistency, RequestKind.Random];

    /// <summary>How the two sides' scores are joined. Default: learned.</summary>
    public FusionKind Fusion { get; init; } = FusionKind.Learned;

    /// <summary>Of which items the device holds rows. Default: all.</summary>
    public DeviceItems DeviceItems { get; init; }

    /// <summary>Rows that fit on a device that holds those which came with lists. Default 2,000.</summary>
    public int ItemLimit { get; init; } = 2_000;

    /// <summary>
    /// With slices, items beside list and history whose rows come with a list: the likeliest to follow the history by counts. Default 100.
    /// </summary>
    public int SuccessorRows { get; init; } = 100;

    /// <summary>Training events of each user that the device's model does not know and the cloud's does. Default 0.</summary>
    public int BundleAge { get; init; }

    /// <summary>What goes wrong between device and cloud. Default: nothing.</summary>
    public FaultOptions Faults { get; init; } = new();

    /// <summary>Of a call, in any currency; 0, the default, for none.</summary>
    public double PricePerCall { get; init; }

    /// <summary>Of a million tokens that a language model reads and writes; 0, the default, for none.</summary>
    public double PricePerMillionTokens { get; init; }

    /// <summary>True to recommend no item twice. Default true; false for data where people return to items.</summary>
    public bool ExcludeConsumed { get; init; } = true;

    /// <summary>The device's model.</summary>
    public required SequenceRecipe Device { get; init; }

    /// <summary>The cloud's model.</summary>
    public required LlamaRecipe Cloud { get; init; }

    /// <summary>True where weights are fitted for each age, over more candidates than the list.</summary>
    internal bool LearnsFusion => Mode == SimulationMode.Clean && Fusion is FusionKind.Learned or FusionKind.ListFirst;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Mode == SimulationMode.Paper && (Views > 1 || DeviceItems != DeviceItems.All || BundleAge > 0))
            yield return "the paper's mode plays one view with a whole table of the same day; leave views, device items and bundle age out";
        if (Mode == SimulationMode.Paper && Fusion != FusionKind.Learned)
            yield return $"fusion {Fusion}; the paper's mode plays fusions of its own, so leave it out";
        if (Mode == SimulationMode.Clean && Numbering != ItemNumbering.Random)
            yield return $"numbering {Numbering} shows what the published numbering gives away; it is for the paper's mode alone";
        if (Lag < 0) yield return $"lag {Lag}; 0 or more events are expected";
        if (Views < 1) yield return $"views {Views}; at least 1 is expected";
        if (ListLength < 10) yield return $"list length {ListLength}; at least the 10 items that are measured are needed";
        if (OwnCandidates is < 0 or > CollaborationRules.MostOwn)
            yield return $"own candidates {OwnCandidates}; 0 to {CollaborationRules.MostOwn} are expected";
        if (DeviceItems == DeviceItems.Slices && ItemLimit < ListLength + SuccessorRows + Device.Backbone.Window)
        {
            yield return $"item limit {ItemLimit}; list, history and successors of one slice need "
                + $"{ListLength + SuccessorRows + Device.Backbone.Window} rows";
        }

        if (PricePerCall is not (>= 0 and < double.PositiveInfinity) || PricePerMillionTokens is not (>= 0 and < double.PositiveInfinity))
            yield return $"prices {PricePerCall} a call and {PricePerMillionTokens} a million tokens; 0 or more are expected";
        if (SuccessorRows < 0) yield return $"successor rows {SuccessorRows}; 0 or more are expected";
        if (BundleAge < 0) yield return $"bundle age {BundleAge}; 0 or more events are expected";
        foreach (var rate in RequestRates.Where(r => r is not (>= 0 and <= 1))) yield return $"request rate {rate} is not in [0, 1]";
        foreach (var fault in Faults.Validate()) yield return fault;
        foreach (var fault in Device.Validate()) yield return $"device: {fault}";
        foreach (var fault in Cloud.Validate()) yield return $"cloud: {fault}";
    }
}
