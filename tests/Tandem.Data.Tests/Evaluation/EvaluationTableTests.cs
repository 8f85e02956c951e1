using Tandem.Data.Evaluation;
using Tandem.Data.Splits;
using Tandem.Tests;

namespace Tandem.Data.Tests.Evaluation;

public sealed class EvaluationTableTests : IDisposable
{
    private static readonly PerUserRatio _split = new(ListSource.DatasetOf(9, 5), 3, 2, 5);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again()
    {
        var written = Sample();
        written.Write(_folder.Root);
        var read = EvaluationTable.Read(_folder.Root);
        Assert.Equal(written.Users, read.Users);
        Assert.Equal(written.Positions, read.Positions);
        Assert.Equal(written.Targets, read.Targets);
        Assert.Equal(written.Ranks, read.Ranks);
        Assert.Equivalent(written.Summary, read.Summary, strict: true);
        Assert.Equal(_folder.Root, read.Origin);
    }

    [Fact]
    public void A_table_holds_the_test_events_in_their_order()
    {
        var table = Sample();
        Assert.Equal([0, 0, 0, 0, 1, 1], table.Users);
        Assert.Equal([5, 6, 7, 8, 3, 4], table.Positions);
        Assert.Equal([.. _split.Dataset.Sequence(0)[5..], .. _split.Dataset.Sequence(1)[3..]], table.Targets);
        Assert.Equal(("ratio-3-2-5", _split.Dataset.Hash), (table.Summary.Protocol, table.Summary.DataHash));
    }

    [Fact]
    public void A_target_that_no_list_could_hold_is_read_again_as_such()
    {
        Of([1, double.PositiveInfinity, 17, 3, 1, double.PositiveInfinity]).Write(_folder.Root);
        Assert.Equal([1, double.PositiveInfinity, 17, 3, 1, double.PositiveInfinity], EvaluationTable.Read(_folder.Root).Ranks);
    }

    [Fact]
    public void A_second_evaluation_replaces_the_first()
    {
        Sample().Write(_folder.Root);
        EvaluationTable.Of(_split, [9, 9, 9, 9, 9, 9], "other", 2, true, new Dictionary<string, double>()).Write(_folder.Root);
        Assert.Equal(("other", 9), (EvaluationTable.Read(_folder.Root).Summary.Model, EvaluationTable.Read(_folder.Root).Ranks[0]));
    }

    [Fact]
    public void Ranks_that_do_not_fit_the_events_are_refused()
    {
        Assert.Contains("5 ranks for 6 events", Assert.Throws<ArgumentException>(() => Of([1, 1, 1, 1, 1])).Message);
        Assert.Contains("event 2 has rank 0", Assert.Throws<ArgumentException>(() => Of([1, 1, 0, 1, 1, 1])).Message);
        Assert.Throws<ArgumentException>(() => Of([1, 1, double.NaN, 1, 1, 1]));
    }

    [Fact]
    public void A_run_that_was_not_evaluated_is_said_so() =>
        Assert.Contains("evaluate the run first", Assert.Throws<DatasetException>(() => EvaluationTable.Read(_folder.Root)).Message);

    [Fact]
    public void An_interrupted_write_leaves_no_evaluation()
    {
        Sample().Write(_folder.Root);
        File.Delete(_folder["evaluation.parquet"]);
        Directory.CreateDirectory(_folder["evaluation.parquet"]); // nothing can be written there
        Assert.ThrowsAny<Exception>(() => Sample().Write(_folder.Root));
        Assert.False(File.Exists(_folder["evaluation.json"]));
    }

    [Theory]
    [InlineData("evaluation.parquet.unfinished")]
    [InlineData("evaluation.json.unfinished")]
    public void A_write_that_fails_leaves_the_evaluation_that_was_there(string blocked)
    {
        Sample().Write(_folder.Root);
        Directory.CreateDirectory(_folder[blocked]); // nothing can be written there
        Assert.ThrowsAny<Exception>(() => Of([9, 9, 9, 9, 9, 9]).Write(_folder.Root));
        Assert.Equal(Sample().Ranks, EvaluationTable.Read(_folder.Root).Ranks);
    }

    // Format 1 gave a target that no list could hold the rank after the last item.
    [Theory]
    [InlineData("\"format\": 2", "\"format\": 1", "format 1")]
    [InlineData("\"format\": 2", "\"format\": 3", "format 3")]
    [InlineData("\"events\": 6", "\"events\": 7", "6 rows")]
    [InlineData("\"events\": 6", "\"events\": 2000000000", "6 rows")]
    [InlineData("\"events\": 6", "\"events\": -6", "-6 events")]
    [InlineData("\"events\": 6", "\"events\": \"six\"", "events")]
    [InlineData("\"tableHash\": \"", "\"tableHash\": \"0", "SHA-256")]
    [InlineData("\"protocol\": ", "\"protocoll\": ", "protocol")]
    [InlineData("\"ratio-3-2-5\"", "null", "protocol")]
    [InlineData("{", "", "evaluation.json")]
    public void A_manifest_that_does_not_fit_is_refused(string from, string to, string fault)
    {
        Sample().Write(_folder.Root);
        var path = _folder["evaluation.json"];
        var text = File.ReadAllText(path);
        Assert.Contains(from, text);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(fault, RefusedWith());
    }

    [Fact]
    public void A_table_that_is_damaged_cut_short_or_missing_is_refused()
    {
        Sample().Write(_folder.Root);
        var path = _folder["evaluation.parquet"];
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Contains("SHA-256", RefusedWith());
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("SHA-256", RefusedWith());
        File.Delete(path);
        Assert.Contains("no such file", RefusedWith());
    }

    private string RefusedWith()
    {
        var message = Assert.Throws<DatasetException>(() => EvaluationTable.Read(_folder.Root)).Message;
        Assert.Contains("evaluate the run again", message);
        return message;
    }

    private static EvaluationTable Sample() => Of([1, 2.5, 17, 3, 1, 99]);

    private static EvaluationTable Of(double[] ranks) => EvaluationTable.Of(
        _split, ranks, "sasrec", seed: 3, maskSeen: false, new Dictionary<string, double> { ["ndcg@10"] = 0.125, ["recall@10"] = 0.5 });
}
