namespace Tandem.Learning.Language.Items;

/// <summary>Neighbouring tokens of a vocabulary.</summary>
/// <param name="First">The lowest of them.</param>
/// <param name="Count">How many.</param>
public readonly record struct TokenRange(int First, int Count);
