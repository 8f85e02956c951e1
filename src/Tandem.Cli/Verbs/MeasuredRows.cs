using Tandem.Learning.Runs;
using Tandem.Simulation.Personalization;

namespace Tandem.Cli.Verbs;

/// <summary>A table of an experiment with a run.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Recipe">Of the run.</param>
/// <param name="Metric">By which rows are compared with the first.</param>
/// <param name="Rows">The table.</param>
internal sealed record MeasuredRows(
    string Run, [property: System.Text.Json.Serialization.JsonIgnore] RunRecipe Recipe, string Metric, IReadOnlyList<MeasuredWeights> Rows)
{
    /// <summary>What was measured, as reports say it.</summary>
    public string Protocol => Recipe.Describe();

    /// <summary>Name of the model.</summary>
    public string Model => Recipe.Model;

    public static void Print(MeasuredRows table)
    {
        Terminal.Output.PrintLine($"{table.Run}: {table.Protocol}");
        foreach (var row in table.Rows)
        {
            var area = row.Metrics.TryGetValue("userAuc", out var auc) ? FormattableString.Invariant($", user AUC {auc:0.0000}") : "";
            var refreshes = row.RefreshesPer100 is { } count ? FormattableString.Invariant($", {count:0.0} refreshes for 100 events") : "";
            Terminal.Output.PrintLine(FormattableString.Invariant(
                $"  {row.Name,-20} NDCG@10 {row.Metrics["ndcg@10"]:0.0000}, Recall@10 {row.Metrics["recall@10"]:0.0000}{area}; ")
                + $"{table.Metric} {DifferenceText.Of(row.Difference)}{refreshes}");
        }
    }
}
