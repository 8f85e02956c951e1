using Tandem.Device.Collaboration;
using Tandem.Device.Learning;
using Tandem.Device.Storage;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>What a session refuses of its own app.</summary>
public sealed class DeviceSessionGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DeviceModel _model = TinyBundle.Load();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_filter_that_calls_its_session_is_told_so_and_the_ranking_is_none()
    {
        var session = new DeviceSession(_model, new());
        session.Observe(5);
        var thrown = Assert.Throws<InvalidOperationException>(() => session.Recommend(5, RankingMode.Device, item =>
        {
            session.Observe(item);
            return true;
        }));
        Assert.Contains("a filter, fusion rule or request policy called the session", thrown.Message, StringComparison.Ordinal);
        Assert.Equal([5], session.History);
        Assert.Equal(5, session.Recommend(5, RankingMode.Device).Length);
    }

    [Fact]
    public void A_policy_that_calls_its_session_is_told_so()
    {
        DeviceSession? session = null;
        session = new(_model, new() { Policy = new Curious(() => session!.ListAge) });
        Assert.True(session.TryAccept(Lists.Of(7, 30), out _));
        Assert.Throws<InvalidOperationException>(() => session.Decide());
    }

    [Fact]
    public void After_its_end_every_session_answers_alike()
    {
        var logged = DeviceSession.TryOpen(_model, new(), _folder["log"], out var opened, out var fault)
            ? opened
            : throw new InvalidOperationException(fault);
        var snapshot = logged.Snapshot();
        foreach (var session in new[] { logged, new DeviceSession(_model, new()) })
        {
            session.Dispose();
            session.Dispose();
            foreach (var call in Calls(session, snapshot)) Assert.Throws<ObjectDisposedException>(call);
        }
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        var session = new DeviceSession(_model, new());
        Assert.Throws<ArgumentNullException>("model", () => new DeviceSession(null!, new()));
        Assert.Throws<ArgumentNullException>("options", () => new DeviceSession(_model, null!));
        Assert.Throws<ArgumentNullException>("list", () => session.TryAccept(null!, out _));
        Assert.Throws<ArgumentNullException>("packet", () => session.TryApply(null!, out _));
        Assert.Throws<ArgumentNullException>("model", () => session.TrySwap(null!, out _));
        Assert.Throws<ArgumentNullException>("options", () => session.Learn(null!));
        Assert.Throws<ArgumentNullException>("model", () => DeviceSession.TryOpen(null!, new(), _folder["log"], out _, out _));
        Assert.Throws<ArgumentNullException>("options", () => DeviceSession.TryOpen(_model, null!, _folder["log"], out _, out _));
        Assert.Throws<ArgumentNullException>("path", () => DeviceSession.TryOpen(_model, new(), null!, out _, out _));
        Assert.Throws<ArgumentNullException>("bundle", () => DeviceModel.TryLoad(null!, out _, out _));
    }

    public static TheoryData<DeviceSessionOptions, string> BadOptions => new()
    {
        { new() { OwnCandidates = -1 }, "own candidates -1" },
        { new() { OwnCandidates = 1_001 }, "own candidates 1001" },
        { new() { Policy = new StartsNothing() }, "started null" },
        { new() { Time = null! }, "time is null" },
        { new() { ParameterCanary = 1.1 }, "parameter canary 1.1" },
        { new() { ParameterCanary = double.NaN }, "parameter canary NaN" },
        { new() { ListLength = 0 }, "list length 0" },
        { new() { ListLength = CandidateList.MostItems + 1 }, "list length 10001" },
        { new() { HistoryLimit = 0 }, "history limit 0" },
        { new() { HistoryLimit = int.MaxValue }, "history limit 2147483647" },
        { new() { ItemLimit = -1 }, "item limit -1" },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void Options_that_nobody_can_mean_are_refused(DeviceSessionOptions options, string named)
    {
        Action[] opens =
        [
            () => _ = new DeviceSession(_model, options),
            () => DeviceSession.TryOpen(_model, options, _folder["log"], out _, out _),
        ];
        foreach (var open in opens) Assert.Contains(named, Assert.Throws<ArgumentException>(open).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Numbers_that_nobody_can_mean_are_refused_and_great_ones_are_cut()
    {
        var session = new DeviceSession(_model, new());
        session.Observe(3);
        Assert.Throws<ArgumentOutOfRangeException>("events", () => session.Explain(5, -1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => session.Recommend(-1));
        Assert.Throws<ArgumentOutOfRangeException>("mode", () => session.Recommend(1, (RankingMode)4));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => session.Observe(3, value: float.NaN));
        Assert.Equal(39, session.Recommend(100_000_000).Length);
        Assert.Single(session.Explain(5, int.MaxValue).NearestEvents);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void A_share_that_is_none_is_refused(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>("cloudShare", () => new LogLinearFusion(share));
        Assert.Throws<ArgumentOutOfRangeException>("cloudShare", () => new MinMaxFusion(share));
        Assert.Throws<ArgumentOutOfRangeException>("rate", () => new RandomAsk(share, seed: 1));
        if (share is not 1.1) Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new ConsistencyPolicy(share));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void A_list_that_claims_more_events_than_there_were_is_refused(int known)
    {
        var session = new DeviceSession(_model, new());
        foreach (var item in new[] { 1, 2, 3 }) session.Observe(item);
        Assert.False(session.TryAccept(Lists.Of(7) with { HistoryLength = known }, out var fault));
        Assert.Contains($"is said to know {known} events, there were 3", fault, StringComparison.Ordinal);
        Assert.True(session.TryAccept(Lists.Of(7) with { HistoryLength = 3 }, out fault), fault);
    }

    [Fact]
    public void A_packet_that_arrives_while_it_learns_is_what_serves_afterwards()
    {
        DeviceSession? session = null;
        var model = Habits.Model();
        var applied = false;
        session = Habits.Session(model, Habits.ByTurns, new StepwiseTime(millis: 1, onRead: read =>
        {
            if (read == 5) applied = session!.TryApply(Packet(), out _);
        }));
        var result = session.Learn(Habits.Fast);
        Assert.True(applied);
        Assert.Equal((false, false), (result.Accepted, session.HasLearned));
        Assert.Contains("other weights came into use", result.Reason, StringComparison.Ordinal);
        var expected = Habits.Session(model, Habits.ByTurns);
        Assert.True(expected.TryApply(Packet(), out _));
        Assert.Equal(Habits.All(expected), Habits.All(session));
    }

    [Fact]
    public void A_log_that_cannot_be_compacted_takes_events_on()
    {
        using var session = DeviceSession.TryOpen(
            _model, new() { HistoryLimit = 8 }, _folder["log"], out var opened, out var fault, new() { FlushEvery = 0 })
            ? opened
            : throw new InvalidOperationException(fault);
        Directory.CreateDirectory(_folder["log.tmp"]); // as where there is no place for a second file
        for (var i = 0; i < 10_000; i++) session.Observe(i % 40 + 1);
        Assert.Equal(10_000, session.EventCount);
        Directory.Delete(_folder["log.tmp"]);
        for (var i = 0; i < 5_000; i++) session.Observe(i % 40 + 1);
        Assert.InRange(new FileInfo(_folder["log"]).Length, 1, 5_000 * 24);
    }

    [Fact]
    public void A_damaged_log_says_how_many_events_are_missing()
    {
        Write([3, 9, 27, 5, 11]);
        var bytes = File.ReadAllBytes(_folder["log"]);
        bytes[EventLogHeader.SizeBytes + EventRecord.SizeBytes + 13] ^= 8;
        File.WriteAllBytes(_folder["log"], bytes);
        using (var session = Open())
        {
            Assert.Equal([3, 27, 5, 11], session.History);
            Assert.Equal(1, session.LogDamage!.Events);
            Assert.Equal(bytes, File.ReadAllBytes(session.LogDamage.File));
        }

        using var again = Open();
        Assert.Null(again.LogDamage);
    }

    [Fact]
    public void All_that_a_session_holds_is_counted()
    {
        var bundle = new TinyBundle();
        var table = bundle.Values("items.weight").ToArray();
        bundle.Remove("items.weight");
        var (small, large) = (new DeviceSession(Counted.Opened(bundle), new() { ItemLimit = 10 }),
            new DeviceSession(Counted.Opened(bundle), new() { ItemLimit = 1_010 }));
        // A row, its scale, its id, its place in the order, a dictionary entry.
        Assert.InRange((large.SizeBytes - small.SizeBytes) / 1000.0, 8 + 4 + 4 + 8, 8 + 40);

        var session = new DeviceSession(_model, new());
        var before = session.SizeBytes;
        Assert.True(session.TryAccept(Lists.Of([.. Enumerable.Range(1, 40)]), out _));
        // Id, two scores, a set's entry; id and four scores to rank; a place among the rows.
        Assert.Equal(40 * (3 + 4 + 5 + 1) * 4, session.SizeBytes - before);
        before = session.SizeBytes;
        Assert.True(session.TryApply(Packet(), out _));
        Assert.InRange(session.SizeBytes - before, _model.Weights.Length * 4, _model.Weights.Length * 4 + 8 * 40);
        Assert.NotEmpty(table);
    }

    private static IEnumerable<Action> Calls(DeviceSession session, byte[] snapshot) =>
    [
        () => session.Observe(3), () => session.Undo(), () => session.Recommend(3), () => session.Explain(3),
        () => session.ScoreCatalog(new float[40]),
        () => session.Decide(), () => session.Inconsistency(), () => session.TryAccept(Lists.Of(7), out _),
        () => session.TryApply(Packet(), out _), () => session.DropParameters(), () => _ = session.ParameterVersion,
        () => session.TrySwap(session.Model, out _), () => session.Snapshot(), () => session.TryRestore(snapshot, out _),
        () => session.Learn(new AdaptationOptions()), () => session.Unlearn(), () => _ = session.SizeBytes, () => _ = session.History,
        () => _ = session.EventCount, () => _ = session.ListAge, () => _ = session.HasLearned, () => _ = session.Model,
    ];

    private static ParameterPacket Packet()
    {
        var weights = new SafetensorsWriter();
        weights.Add("backbone.norm.bias", [0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f, 0.7f, -0.8f], 8);
        return ParameterPacket.TryParse(ParameterPacket.ToBytes("1", "p", weights), out var packet, out var fault)
            ? packet
            : throw new InvalidOperationException(fault);
    }

    private DeviceSession Open() => DeviceSession.TryOpen(_model, new(), _folder["log"], out var session, out var fault)
        ? session
        : throw new InvalidOperationException(fault);

    private void Write(int[] items)
    {
        using var session = Open();
        foreach (var item in items) session.Observe(item, time: 1);
    }

    private sealed class StartsNothing : IRequestPolicy
    {
        public IRequestDecider Start() => null!;
    }

    private sealed class Curious(Func<int> call) : IRequestPolicy, IRequestDecider
    {
        public IRequestDecider Start() => this;

        public RequestDecision Decide(in RequestSituation situation) => new(call() > 0, "curious");
    }
}
