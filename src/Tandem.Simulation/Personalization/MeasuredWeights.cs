using Tandem.Data.Metrics;

namespace Tandem.Simulation.Personalization;

/// <summary>One row of an experiment with personal weights.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Metrics">Of all test events, by name.</param>
/// <param name="Difference">Of the metric that the experiment is about, over its first row, paired by user.</param>
/// <param name="RefreshesPer100">Refreshes for 100 events; null where nothing is refreshed.</param>
public sealed record MeasuredWeights(
    string Name, IReadOnlyDictionary<string, double> Metrics, PairedDifference Difference, double? RefreshesPer100 = null);
