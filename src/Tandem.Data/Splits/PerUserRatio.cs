using System.Globalization;

namespace Tandem.Data.Splits;

/// <summary>
/// Shares of each user's own rows, as TTT4Rec (arXiv 2409.19142) and Mamba4Rec report them and RecBole 1.2 cuts them. A row is a
/// prefix and the item after it, so N events give N − 1 rows. Validation and test take their shares rounded down; one that would
/// take nothing takes one row, the test first, while training keeps at least one; training takes what is left. The model is not
/// trained again on validation rows. Every row is ranked from its true history, earlier test events included.
/// </summary>
public sealed class PerUserRatio : ISplit
{
    private readonly (int Train, int Validation, int Test) _parts;
    private readonly PrefixCut _cut;

    /// <summary>Splits the data set.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="train">Parts that train, 1 or more.</param>
    /// <param name="validation">Parts that validate, 1 or more.</param>
    /// <param name="test">Parts that test, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is below 1.</exception>
    public PerUserRatio(SequenceDataset dataset, int train, int validation, int test)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(train, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(validation, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(test, 1);
        (Dataset, _parts) = (dataset, (train, validation, test));
        _cut = new(dataset, user => Cut(dataset.Sequence(user).Length));
    }

    /// <summary><c>ratio-TRAIN-VALIDATION-TEST</c>, such as <c>ratio-3-2-5</c>.</summary>
    public string Protocol => string.Create(CultureInfo.InvariantCulture, $"ratio-{_parts.Train}-{_parts.Validation}-{_parts.Test}");

    /// <inheritdoc/>
    public SequenceDataset Dataset { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _cut.Validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _cut.Test;

    /// <inheritdoc/>
    public int TrainLength(int user) => _cut.TrainLength(user);

    /// <inheritdoc/>
    public int RefitLength(int user) => _cut.RefitLength(user);

    private (int Train, int Refit) Cut(int events)
    {
        var rows = events - 1;
        if (rows < 1) return (events, events);
        var (validation, test) = (Share(rows, _parts.Validation), Share(rows, _parts.Test));
        if (test == 0 && rows - validation > 1) test = 1;
        if (validation == 0 && rows - test > 1) validation = 1;
        return (events - test - validation, events - test);
    }

    /// <summary>Whole numbers: .2 × 15 rows must not become 2 by a rounding of floats.</summary>
    private int Share(int rows, int part) => (int)((long)rows * part / ((long)_parts.Train + _parts.Validation + _parts.Test));
}
