using System.Text.Json.Nodes;

namespace Tandem.Learning.Training.Search;

/// <summary>What a search found.</summary>
/// <param name="Trials">Every trial, by number.</param>
/// <param name="Best">The one with the best validation among those that came furthest without a failure.</param>
/// <param name="Settings">The recipe with the best trial's values.</param>
public sealed record SearchResult(IReadOnlyList<Trial> Trials, Trial Best, JsonObject Settings);
