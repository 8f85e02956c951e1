using System.Text.Json.Serialization;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Contents;
using Tandem.Learning.Successors;

namespace Tandem.Cli;

/// <summary>What <c>tandem train</c> prints.</summary>
internal sealed record TrainingSummary
{
    public required string Model { get; init; }

    public required string Protocol { get; init; }

    public required Dictionary<string, double> Test { get; init; }

    /// <summary>The same with seen items ranked, too; the cloud's models alone have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, double>? TestUnmasked { get; init; }

    /// <summary>Test events whose item is in their history: where seen items are masked, misses of any model.</summary>
    public required int TargetsInHistory { get; init; }

    /// <summary>NDCG@10 by which the epoch was chosen.</summary>
    public required double? Validation { get; init; }

    /// <summary>
    /// How counts of successors joined the model, and its validation with and without them; null where they are no part of it.
    /// </summary>
    public SuccessorFit? Successors { get; init; }

    /// <summary>How contents joined the model, with smoothing of counts and validation; null where they are no part of it.</summary>
    public JoinedFit? Joined { get; init; }

    /// <summary>How members joined, and what each is worth on validation events; a composite alone has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CompositeFit? Composite { get; init; }

    public required double SecondsPerEpoch { get; init; }

    public required int Epochs { get; init; }

    public required int Seed { get; init; }

    public required string DataHash { get; init; }

    public required double PeakMegabytes { get; init; }

    public required double TotalSeconds { get; init; }

    public required string Run { get; init; }
}
