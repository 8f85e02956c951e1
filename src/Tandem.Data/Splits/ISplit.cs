namespace Tandem.Data.Splits;

/// <summary>
/// What trains, what validates and what tests. Every protocol cuts each user's sequence by prefixes: a model never learns from an
/// event that comes after one it is asked to predict in the same sequence.
/// </summary>
public interface ISplit
{
    /// <summary>The protocol's name, such as <c>loo</c>; see docs/protocols.md.</summary>
    string Protocol { get; }

    /// <summary>The data that is split.</summary>
    SequenceDataset Dataset { get; }

    /// <summary>How many of the user's first events train while settings are chosen.</summary>
    int TrainLength(int user);

    /// <summary>How many of the user's first events train once the settings are chosen: validation events are learned, too.</summary>
    int RefitLength(int user);

    /// <summary>Whether events with the item may be learned from; false for items that are new to every model. Default true.</summary>
    /// <param name="item">1 … V.</param>
    bool Trains(int item) => true;

    /// <summary>Events by which settings are chosen, by user, then position.</summary>
    ReadOnlySpan<EvaluatedEvent> Validation { get; }

    /// <summary>Events that are ranked once per reported row, by user, then position.</summary>
    ReadOnlySpan<EvaluatedEvent> Test { get; }
}
