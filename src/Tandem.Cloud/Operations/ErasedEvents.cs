namespace Tandem.Cloud.Operations;

/// <summary>What an erasure deleted.</summary>
/// <param name="Events">How many.</param>
public sealed record ErasedEvents(long Events);
