namespace Tandem.Learning.Codes;

/// <summary>Codes, and from what they were learned.</summary>
/// <param name="Codes">Of all items of the catalogue.</param>
/// <param name="LearnedFrom">Items that were learned from.</param>
/// <param name="WithoutVector">Items that have no vector, and the codes of the mean one.</param>
/// <param name="Error">
/// Squared distance of the learned vectors from what their codes stand for, as a share of their squared lengths around the mean, 0 to 1.
/// </param>
public sealed record LearnedCodes(ItemCodes Codes, int LearnedFrom, int WithoutVector, double Error);
