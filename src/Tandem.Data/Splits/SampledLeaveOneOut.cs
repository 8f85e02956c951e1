using System.Globalization;

namespace Tandem.Data.Splits;

/// <summary>
/// Leave-one-out whose test ranks each target among so many random items in place of the catalogue, as DUET's and SOLID's programs do with
/// 99: for comparison with papers that report it. It flatters every model and can reorder them (Krichene and Rendle, KDD 2020).
/// </summary>
public sealed class SampledLeaveOneOut : ISplit
{
    private const string Prefix = "sampled-";
    private const int Most = 10_000;

    private readonly LeaveOneOut _all;

    /// <summary>Splits the data set.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="sample">Items beside the target, 1 to 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer or more.</exception>
    public SampledLeaveOneOut(SequenceDataset dataset, int sample)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sample, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sample, Most);
        (_all, Sample) = (new(dataset), sample);
    }

    /// <summary>Items beside the target, none of them the user's; fewer where the catalogue has no more.</summary>
    public int Sample { get; }

    /// <summary><c>sampled-99</c> for 99 items.</summary>
    public string Protocol => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Sample}");

    /// <inheritdoc/>
    public SequenceDataset Dataset => _all.Dataset;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _all.Validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _all.Test;

    /// <summary>The items that a protocol's name tells, or null where it is another protocol.</summary>
    public static int? SampleIn(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var sample)
        && sample is > 0 and <= Most
            ? sample
            : null;

    /// <inheritdoc/>
    public int TrainLength(int user) => _all.TrainLength(user);

    /// <inheritdoc/>
    public int RefitLength(int user) => _all.RefitLength(user);
}
