namespace Tandem.Data.Splits;

/// <summary>An event whose item is to be predicted from all that the user did before it.</summary>
/// <param name="User">The user, from 0.</param>
/// <param name="Position">Place of the event in the user's sequence, from 0: the history are the events before it.</param>
public readonly record struct EvaluatedEvent(int User, int Position);
