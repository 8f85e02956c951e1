namespace Tandem.Data.Sources;

/// <summary>Names of the properties of an event in JSON.</summary>
/// <param name="User">The user's key, a text.</param>
/// <param name="Item">The item's key, a text.</param>
/// <param name="Value">The rating, a number.</param>
/// <param name="Time">The time: a whole number, or a text <c>yyyy-MM-dd HH:mm:ss</c> or <c>yyyy-MM-dd</c> in UTC.</param>
/// <param name="Unit">The unit of a time that is a number.</param>
internal sealed record JsonFields(string User, string Item, string Value, string Time, TimeUnit Unit = TimeUnit.Seconds);
