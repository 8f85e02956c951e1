using System.Globalization;

namespace Tandem.Data.Splits;

/// <summary>
/// Leave-one-out with a model from before: it trains without the last A of each user's training events, and validation and test are asked
/// with the whole history, as a device asks whose bundle has not been updated for A events.
/// </summary>
public sealed class EarlierTraining : ISplit
{
    private const string Prefix = "loo-age-";

    private readonly LeaveOneOut _all;

    /// <summary>Splits the data set.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="age">A, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The age is less.</exception>
    public EarlierTraining(SequenceDataset dataset, int age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age, 1);
        (_all, Age) = (new(dataset), age);
    }

    /// <summary>A, training events of each user that the model does not know.</summary>
    public int Age { get; }

    /// <summary><c>loo-age-2</c> for an age of 2.</summary>
    public string Protocol => NameOf(Age);

    /// <inheritdoc/>
    public SequenceDataset Dataset => _all.Dataset;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Validation => _all.Validation;

    /// <inheritdoc/>
    public ReadOnlySpan<EvaluatedEvent> Test => _all.Test;

    /// <summary>The protocol of an age: <c>loo</c> at 0.</summary>
    public static string NameOf(int age) => age == 0 ? "loo" : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{age}");

    /// <summary>The age that a protocol's name tells, or null where it is another protocol.</summary>
    public static int? AgeIn(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var age) && age > 0
            ? age
            : null;

    /// <inheritdoc/>
    public int TrainLength(int user) => Math.Max(0, _all.TrainLength(user) - Age);

    /// <summary>As <see cref="TrainLength"/>: a model from before learns nothing later.</summary>
    public int RefitLength(int user) => TrainLength(user);
}
