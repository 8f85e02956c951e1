using System.Globalization;

namespace Tandem.Data.Splits;

/// <summary>The protocols by name; docs/protocols.md says what each one means.</summary>
public static class SplitProtocol
{
    /// <summary>The names, for messages and help.</summary>
    public const string Known = "loo, loo-refit, loo-new-items, loo-age-2 or of another number of events, sampled-99 or of another "
        + "number of items, ratio-3-2-5, ratio-6-2-2 or any "
        + "ratio-TRAIN-VALIDATION-TEST of whole numbers, global-time";

    private const string LeaveOneOutRefit = "loo-refit", Ratio = "ratio";

    /// <summary>Splits the data as the named protocol says.</summary>
    /// <param name="name">One of <see cref="Known"/>.</param>
    /// <param name="dataset">The data.</param>
    /// <exception cref="DatasetException">
    /// The name is unknown, or the protocol leaves nothing to validate or to test on this data.
    /// </exception>
    public static ISplit Create(string name, SequenceDataset dataset)
    {
        ISplit split = name switch
        {
            "loo" => new LeaveOneOut(dataset),
            LeaveOneOutRefit => new LeaveOneOut(dataset, refits: true),
            NewItems.Name => new NewItems(dataset),
            _ when EarlierTraining.AgeIn(name) is { } age => new EarlierTraining(dataset, age),
            _ when SampledLeaveOneOut.SampleIn(name) is { } sample => new SampledLeaveOneOut(dataset, sample),
            "global-time" => GlobalTime.ByShares(dataset),
            _ when Parts(name) is [var train, var validation, var test] => new PerUserRatio(dataset, train, validation, test),
            _ => throw new DatasetException("unknown", $"protocol '{name}'", $"one of {Known}", "choose one of them"),
        };
        return split.Validation.IsEmpty || split.Test.IsEmpty ? throw NothingToMeasure(split) : split;
    }

    /// <summary>
    /// Whether the model to be tested trains on <see cref="ISplit.RefitLength"/> once its settings are chosen; otherwise it keeps
    /// to <see cref="ISplit.TrainLength"/>.
    /// </summary>
    /// <param name="name">A protocol's name, as <see cref="ISplit.Protocol"/> gives it.</param>
    public static bool Refits(string name) => name == LeaveOneOutRefit;

    /// <summary>The protocol with the same cuts whose tested model keeps to <see cref="ISplit.TrainLength"/>.</summary>
    /// <param name="name">A protocol's name, as <see cref="ISplit.Protocol"/> gives it.</param>
    public static string WithoutRefit(string name) => Refits(name) ? "loo" : name;

    private static int[] Parts(string name)
    {
        var words = name.Split('-');
        if (words.Length != 4 || words[0] != Ratio) return [];
        var parts = Array.ConvertAll(
            words[1..], word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var part) ? part : 0);
        return parts.All(part => part > 0) ? parts : [];
    }

    private static DatasetException NothingToMeasure(ISplit split) => new(
        $"{split.Protocol} finds no event to {(split.Test.IsEmpty ? "test" : "validate")}", split.Dataset.Name,
        split is GlobalTime ? "users with events before and after the points in time" : "users with three events or more, four for a ratio",
        "give longer histories or use another protocol");
}
