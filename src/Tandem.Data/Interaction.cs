namespace Tandem.Data;

/// <summary>One event: a user met an item.</summary>
/// <param name="User">The source's own name of the user.</param>
/// <param name="Item">The source's own name of the item.</param>
/// <param name="Time">Unix seconds, or any number that does not fall within the user's sequence where the source has no clock.</param>
/// <param name="Value">The rating or another strength; 1 where the source has none.</param>
/// <param name="Fraction">
/// What the time has beyond the whole second, in units of 2⁻³² s; it orders events of one second and is not kept.
/// </param>
public readonly record struct Interaction(string User, string Item, long Time, float Value, uint Fraction = 0);
