using Tandem.Data;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Successors;
using Tandem.Protocol.Items;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>A model with counts of successors and contents scores the same in the evaluation and on the device.</summary>
public sealed class SuccessorParityTests : IDisposable
{
    private const int Items = 60;
    private const int Window = 12;

    /// <summary>Of the greatest score: float32 in two orders of summation.</summary>
    private const float Tolerance = 1e-5f;

    private static readonly Dictionary<string, BackboneOptions> _models = new()
    {
        ["sasrec"] = new SasRecOptions { Width = 32, Blocks = 2, Heads = 2, Window = Window },
        ["sasrec, ligr"] = new SasRecOptions { Width = 21, Heads = 3, Window = Window, Block = SasRecBlockKind.Ligr },
        ["gru4rec"] = new Gru4RecOptions { Width = 32, Window = Window },
        ["hstu"] = new HstuOptions { Width = 32, AttentionWidth = 16, LinearWidth = 24, Heads = 2, Window = Window, TimeBuckets = 40 },
        ["ttt"] = new TttOptions { Width = 16, Heads = 2, Window = Window, MiniBatch = 4, BaseRate = 10 },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, bool> Models => new(
        [.. _models.Keys.Select(model => (model, false)), .. _models.Keys.Select(model => (model, true))]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void A_session_scores_as_the_evaluation_does_whole_and_step_by_step(string name, bool shares)
    {
        manual_seed(Items);
        using var model = new SequenceModel(Items, _models[name].Build(new Noise(1)));
        using (no_grad())
        {
            foreach (var parameter in model.parameters()) parameter.uniform_(-0.3, 0.3);
        }

        var join = new SuccessorJoin { Recent = 20, RecencyDecay = 0.7, Shares = shares, Weight = 3, Offset = shares ? 0.01 : 2 };
        var successors = new CountedSuccessors(Count(), join);
        using var scorer = new SequenceScorer(model, successors);
        using var alone = new SequenceScorer(model);
        DeviceBundle.Write(
            model,
            _folder["bundle"],
            new()
            {
                Name = "pair",
                CatalogVersion = "catalogue",
                UsesTimes = true,
                Stride = 1,
                Successors = successors,
                Items = ItemStorage.Full,
            });
        var device = DeviceModel.Open(_folder["bundle"]);

        // The evaluation of a model that sees all events is cut to its window.
        var (items, times) = ModelPairs.History(device.Shape.SeesAll ? Window : 3 * Window);
        var stepwise = new DeviceSession(device, new());
        for (var n = 1; n <= items.Length; n++)
        {
            var whole = new DeviceSession(device, new());
            for (var i = 0; i < n; i++) whole.Observe(items[i], times[i]);
            stepwise.Observe(items[n - 1], times[n - 1]);
            var (expected, without) = (new float[Items + 1], new float[Items + 1]);
            scorer.Score([new(items.AsMemory(0, n), times.AsMemory(0, n))], expected);
            AssertClose(expected.AsSpan(1), Scores(whole));
            AssertClose(expected.AsSpan(1), Scores(stepwise));
            alone.Score([new(items.AsMemory(0, n), times.AsMemory(0, n))], without);
            Assert.True(expected.Zip(without).Max(pair => pair.First - pair.Second) > 0.5, "counts that hardly count would prove nothing");
        }
    }

    [Theory]
    [InlineData(ItemStorage.Full)]
    [InlineData(ItemStorage.Quantised)]
    public void Contents_add_the_same_on_both_sides(ItemStorage storage)
    {
        manual_seed(Items);
        using var model = new SequenceModel(Items, _models["sasrec"].Build(new Noise(1)));
        var random = new Random(2);
        var table = Enumerable.Range(0, (Items + 1) * 9).Select(i => i / 9 % 7 == 0 ? 0 : random.NextSingle() - 0.5f).ToArray();
        var text = new JoinedContent(
            ContentRows.FromTable(table, 9), new() { Name = "text", Width = 9, Recent = 6, RecencyDecay = 0.7, Weight = 4 });
        using var scorer = new SequenceScorer(model, null, [text]);
        using var alone = new SequenceScorer(model);
        var options = new DeviceBundleOptions
        {
            Name = "pair",
            CatalogVersion = "catalogue",
            Stride = 1,
            Contents = [text],
            Items = storage,
        };
        DeviceBundle.Write(model, _folder["bundle"], options);
        DeviceBundle.Write(model, _folder["alone"], options with { Contents = [] });
        var (items, _) = ModelPairs.History(Window);
        var (session, twin) = (
            new DeviceSession(DeviceModel.Open(_folder["bundle"]), new()), new DeviceSession(DeviceModel.Open(_folder["alone"]), new()));
        for (var n = 1; n <= items.Length; n++)
        {
            session.Observe(items[n - 1]);
            twin.Observe(items[n - 1]);
            var (expected, without) = (new float[Items + 1], new float[Items + 1]);
            scorer.Score([new(items.AsMemory(0, n), default)], expected);
            alone.Score([new(items.AsMemory(0, n), default)], without);
            var (joined, plain) = (Scores(session), Scores(twin));
            // The user's vector is rounded to 16 bits on the device.
            for (var i = 0; i < Items; i++) Assert.Equal(expected[i + 1] - without[i + 1], joined[i] - plain[i], 4 * 1e-4f);
            Assert.True(expected.Zip(without).Max(pair => pair.First - pair.Second) > 0.5, "contents that hardly count prove nothing");
        }
    }

    [Fact]
    public void DIN_takes_no_counts_for_no_evaluation_joins_them()
    {
        using var din = new Din(Items, new() { Width = 8, Window = Window }, new Noise(1));
        var successors = new CountedSuccessors(Count(), new() { Recent = 20, RecencyDecay = 0.5, Shares = false, Weight = 3, Offset = 2 });
        Assert.Throws<NotSupportedException>(
            () => DeviceBundle.Write(din, _folder["din"], new() { Name = "din", CatalogVersion = "catalogue", Successors = successors }));
        Assert.False(Directory.Exists(_folder["din"]));
    }

    private static SuccessorTable Count()
    {
        var random = new Random(1);
        int[][] users = [.. Enumerable.Range(0, 100).Select(_ => Enumerable.Range(0, 20).Select(_ => random.Next(1, Items + 1)).ToArray())];
        return SuccessorCounting.Count(new() { Enabled = true, Count = 15 }, TrainingSequences.Of(Items, users));
    }

    private static float[] Scores(DeviceSession session)
    {
        var scores = new float[Items];
        session.ScoreCatalog(scores);
        return scores;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, float[] actual)
    {
        var tolerance = Tolerance * MathF.Max(1, expected.ToArray().Max(MathF.Abs));
        for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
