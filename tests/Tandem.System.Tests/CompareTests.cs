using Tandem.Data.Evaluation;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_runs_compare_by_a_metric()
    {
        var (better, worse) = (Evaluated("better", rank: 1), Evaluated("worse", rank: 3));
        var result = TandemProcess.Run("compare", better, worse, "--json").Json;
        Assert.Equal("ndcg@10", result.GetProperty("metric").GetString());
        Assert.Equal(0.5, result.GetProperty("difference").GetDouble(), 1e-12);
        Assert.Equal([0.5, 0.5], result.GetProperty("interval").EnumerateArray().Select(bound => Math.Round(bound.GetDouble(), 12)));
        Assert.Equal(0, result.GetProperty("p").GetDouble());
        Assert.Equal(120, result.GetProperty("users").GetInt32());
        Assert.Equal("loo", result.GetProperty("protocol").GetString());

        var text = TandemProcess.Run("compare", worse, better, "--metric", "recall@2");
        Assert.Equal(0, text.ExitCode);
        Assert.StartsWith($"recall@2: {worse} 0.0000, {better} 1.0000, difference -1.0000", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_different_protocols_are_refused()
    {
        var line = TandemProcess.Run("compare", Evaluated("one", rank: 1), Evaluated("other", rank: 1, "loo-refit")).RefusedWith();
        Assert.Contains("protocol is loo-refit; expected loo", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_an_evaluation_is_refused() => Assert.Contains(
        "evaluation.json: no such file", TandemProcess.Run("compare", Evaluated("one", rank: 1), _folder["nowhere"])
            .RefusedWith(), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_evaluation_is_refused()
    {
        var run = Evaluated("run", rank: 1);
        File.WriteAllBytes(Path.Combine(run, "evaluation.parquet"), [1, 2, 3]);
        Assert.Contains("evaluation.parquet: SHA-256", TandemProcess.Run("compare", run, run).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_metric_is_answered_with_those_known() =>
        Assert.Contains("map@k", TandemProcess.Run("compare", "a", "b", "--metric", "hits").RefusedWith(), StringComparison.Ordinal);

    private string Evaluated(string name, double rank, string protocol = "loo")
    {
        var split = SplitProtocol.Create(protocol, DatasetFolder.Open(_folder.WriteRing(), seed: 1));
        var ranks = Enumerable.Repeat(rank, split.Test.Length).ToArray();
        EvaluationTable.Of(split, ranks, "sasrec", seed: 1, maskSeen: true, new Dictionary<string, double>()).Write(_folder[name]);
        return _folder[name];
    }
}
