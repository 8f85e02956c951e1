namespace Tandem.Learning.Training;

/// <summary>Users for whom a known target is ranked.</summary>
/// <param name="Users">Their numbers.</param>
/// <param name="History">What is known of a user, oldest first.</param>
/// <param name="Target">The item that came next.</param>
public sealed record RankedUsers(int[] Users, Func<int, ReadOnlySpan<int>> History, Func<int, int> Target);
