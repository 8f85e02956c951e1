namespace Tandem.Learning.Codes;

/// <summary>How a level's codes are used, and how well they and those before them follow what people do.</summary>
/// <param name="Used">Codes that some item has.</param>
/// <param name="Entropy">Of the codes over the items, in bits; log₂ K where all are used alike.</param>
/// <param name="Alignment">
/// Share of consecutive training events whose items have the same codes up to this level, 0 to 1.
/// </param>
/// <param name="Random">The same of two events drawn from all training events.</param>
public sealed record LevelUse(int Used, double Entropy, double Alignment, double Random);
