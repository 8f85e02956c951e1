using Tandem.Device.Storage;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>Small packets in a session: what is refused, when they end, and the way back.</summary>
public sealed class DeviceSessionPacketTests : IDisposable
{
    private const long Now = 1_000_000_000; // where ManualTime begins

    private static readonly int[] _events = [3, 9, 27];
    private static readonly string[] _lastNorm = ["backbone.norm.weight", "backbone.norm.bias"];

    private readonly ManualTime _time = new();
    private readonly DeviceModel _model = Personal.Load();
    private readonly DeviceSession _session;

    public DeviceSessionPacketTests() => _session = Used(_model);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_form_serves_until_it_is_let_go_of()
    {
        var before = _session.Recommend(40);
        Assert.Null(_session.ParameterVersion);
        foreach (var packet in new[] { Personal.Cores(_model), Personal.OfCodes(_model, 1, 2, 3, 4), Personal.Plans(_model), Full() })
        {
            Apply(_session, packet);
            Assert.Equal(packet.Version, _session.ParameterVersion);
            Assert.NotEqual(before, _session.Recommend(40));
            Assert.True(_session.DropParameters());
            Assert.Null(_session.ParameterVersion);
            Assert.Equal(before, _session.Recommend(40));
            Assert.False(_session.DropParameters());
        }
    }

    [Fact]
    public void A_packet_replaces_the_one_before_and_adds_nothing_to_it()
    {
        using var other = Used(_model);
        Apply(_session, Personal.Cores(_model, seed: 1));
        Apply(_session, Personal.Cores(_model, seed: 2));
        Apply(other, Personal.Cores(_model, seed: 2));
        Assert.Equal(other.Recommend(40), _session.Recommend(40));
        Assert.Equal(other.Snapshot(), _session.Snapshot());
    }

    [Fact]
    public void What_was_learned_goes_with_the_packet_beneath_it_and_stays_without_one()
    {
        Learn(_session);
        Assert.False(_session.DropParameters());
        Assert.True(_session.HasLearned);
        var before = Used(_model).Recommend(40);
        Apply(_session, Personal.Cores(_model));
        Learn(_session);
        Assert.Equal("cores 1", _session.ParameterVersion);
        Assert.True(_session.DropParameters());
        Assert.False(_session.HasLearned);
        Assert.Equal(before, _session.Recommend(40));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "model", "belongs to version other of the model, this session runs 1" },
        { "factors", "is for factors 0123456789abcdef, this bundle has" },
        { "expired", "was valid until 999999999, now it is 1000000000" },
        { "layer", "'backbone.blocks.1.output.core' is of no layer that this bundle has factors for" },
        { "rank", "has shape [2, 3], expected [3, 4]" },
        { "no column", "has shape [3, 3], expected [3, 4]" },
        { "NaN", "value that is not finite" },
        { "beyond", "value beyond" },
        { "too great", "times the norm of the shipped weights, expected at most 4" },
        { "bias too great", "tensor 'backbone.blocks.0.output.bias' changes by" },
        { "few codes", "has 3 codes, this bundle's factors take 4" },
        { "no such level", "code 2 is 5, expected 0 to 4" },
        { "plan of another layer", "'backbone.blocks.9.output.plan' is a plan of no matrix" },
        { "plan of a norm", "'backbone.norm.plan' is a plan of no matrix" },
        { "plan of an adapter", "'adapter.plan' is a plan of no matrix" },
        { "plan too long", "has shape [3], expected [2]" },
        { "full too great", "tensor 'backbone.blocks.0.output.weight' changes by 9" },
        { "full int8 beyond", "value beyond" },
        { "overflow", "they overflow" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_packet_that_does_not_fit_is_refused_and_what_served_serves(string what, string reason)
    {
        var packet = Made(what);
        var (before, state) = (_session.Recommend(40), _session.Snapshot());
        Refuse();
        Apply(_session, Personal.Cores(_model, seed: 5));
        (before, state) = (_session.Recommend(40), _session.Snapshot());
        Refuse();
        Assert.Equal("cores 5", _session.ParameterVersion);

        void Refuse()
        {
            Assert.False(_session.TryApply(packet, out var fault));
            Assert.Contains(reason, fault, StringComparison.Ordinal);
            Assert.Equal(before, _session.Recommend(40));
            Assert.Equal(state, _session.Snapshot());
        }
    }

    [Fact]
    public void A_bundle_without_factors_takes_full_weights_and_plans_alone()
    {
        using var bare = Used(TinyBundle.Load());
        var before = bare.Recommend(40);
        Assert.False(bare.TryApply(Personal.Cores(_model), out var fault));
        Assert.Contains("this bundle has none; fetch the bundle, or ask for full weights", fault, StringComparison.Ordinal);
        Assert.Equal(before, bare.Recommend(40));
        Apply(bare, Full());
        Assert.NotEqual(before, bare.Recommend(40));
        Apply(bare, Personal.Plans(_model));
        Assert.NotEqual(before, bare.Recommend(40));
        Assert.True(bare.DropParameters());
        Assert.Equal(before, bare.Recommend(40));
    }

    [Fact]
    public void A_plan_of_all_bits_changes_nothing_and_says_more_than_its_rows_in_vain()
    {
        const string Layer = "backbone.blocks.0.output";
        var before = _session.Recommend(40);
        Apply(_session, Personal.Packet(_model, null, writer => PacketTensors.AddPlan(writer, Layer, [.. Enumerable.Repeat((byte)3, 8)])));
        Assert.Equal(before, _session.Recommend(40));
        var din = Din();
        using var other = new DeviceSession(din, new());
        other.Observe(3, time: 1);
        var spare = Personal.Packet(din, null, writer => writer.Add<byte>("output.plan", [0b100], 1)); // of its one row, and a second
        Assert.False(other.TryApply(spare, out var fault));
        Assert.Contains("'output.plan' says more than the precision of 1 rows", fault, StringComparison.Ordinal);
        Apply(other, Personal.Packet(din, null, writer => PacketTensors.AddPlan(writer, "output", [0])));
    }

    [Fact]
    public void How_much_may_change_is_the_bundles_to_say()
    {
        var (strict, loose) = (Personal.Load(maxNorm: 0.01), Personal.Load(maxNorm: 1_000));
        Assert.False(Used(strict).TryApply(Personal.Cores(strict), out var fault));
        Assert.Contains("expected at most 0.01", fault, StringComparison.Ordinal);
        Assert.False(Used(strict).TryApply(Personal.Plans(strict), out fault));
        Assert.Contains("expected at most 0.01", fault, StringComparison.Ordinal);
        Apply(Used(loose), Personal.Cores(loose, scale: 100));
    }

    [Fact]
    public void A_packet_that_ends_gives_way_before_the_next_call()
    {
        var before = _session.Recommend(40);
        Apply(_session, Timed(seconds: 60));
        Assert.NotEqual(before, _session.Recommend(40));
        _time.Advance(60);
        Assert.Equal("cores 1", _session.ParameterVersion);
        Assert.NotEqual(before, _session.Recommend(40));
        _time.Advance(1);
        Assert.Equal(before, _session.Recommend(40));
        Assert.Null(_session.ParameterVersion);
        Assert.False(_session.DropParameters());
    }

    [Fact]
    public void Whatever_is_called_first_behind_the_end_finds_the_shipped_weights()
    {
        using var twin = Used(_model);
        Action<DeviceSession>[] calls =
        [
            session => session.Observe(5, time: 7), session => session.Explain(5), session => session.Undo(),
            session => session.ScoreCatalog(new float[40]), session => session.Decide(), session => _ = session.Snapshot(),
        ];
        foreach (var call in calls)
        {
            Apply(_session, Timed(seconds: 60));
            _session.Recommend(40);
            _time.Advance(61);
            call(_session);
            call(twin);
            Assert.Equal(twin.Recommend(40), _session.Recommend(40));
            Assert.Equal(Counted.Scores(twin), Counted.Scores(_session));
        }
    }

    [Fact]
    public async Task A_clock_that_throws_leaves_the_session_open_to_others()
    {
        var clock = new Stubborn();
        using var session = new DeviceSession(_model, new() { Time = clock });
        session.Observe(3, time: 1);
        Apply(session, Timed(seconds: 60));
        clock.Throws = true;
        Assert.Throws<NotSupportedException>(() => session.Recommend(3));
        clock.Throws = false;
        Assert.Equal(3, (await Task.Run(() => session.Recommend(3), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void Version_and_end_come_with_a_snapshot()
    {
        var before = _session.Recommend(40);
        Apply(_session, Timed(seconds: 60));
        var restored = Restored(_session.Snapshot());
        Assert.Equal("cores 1", restored.ParameterVersion);
        Assert.Equal(_session.Recommend(40), restored.Recommend(40));
        Assert.Equal(_session.Snapshot(), restored.Snapshot());
        _time.Advance(61);
        Assert.Equal(before, restored.Recommend(40));
        Assert.Null(restored.ParameterVersion);
        Apply(_session, Timed(seconds: 60));
        var snapshot = _session.Snapshot();
        _time.Advance(61);
        Assert.Equal(before, Restored(snapshot).Recommend(40)); // ended while it lay there
    }

    [Fact]
    public void A_snapshot_of_an_earlier_build_gives_its_weights_without_a_name()
    {
        Apply(_session, Personal.Cores(_model));
        var restored = Restored(Without("packet.", _session.Snapshot()));
        Assert.Equal("", restored.ParameterVersion);
        Assert.Equal(_session.Recommend(40), restored.Recommend(40));
        Assert.True(restored.DropParameters());
        Assert.Null(restored.ParameterVersion);
    }

    [Fact]
    public void A_snapshot_that_tells_half_of_a_packet_is_refused()
    {
        Apply(_session, Personal.Cores(_model));
        Assert.False(Used(_model).TryRestore(Without("packet.expires", _session.Snapshot()), out var fault));
        Assert.Contains("do not fit together", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swap_takes_the_packet_away()
    {
        Apply(_session, Timed(seconds: 60));
        Assert.True(_session.TrySwap(_model, out _));
        Assert.Null(_session.ParameterVersion);
    }

    [Fact]
    public void The_canary_tells_scores_that_are_alike_from_others()
    {
        using var wary = Used(_model, new() { ParameterCanary = 0.9 });
        var before = wary.Recommend(40);
        Apply(wary, Personal.Cores(_model, scale: 0.01f));
        Assert.True(wary.DropParameters());
        var reversed = Reversed();
        Assert.False(wary.TryApply(reversed, out var fault));
        Assert.Contains("correlate by -1 with those of the shipped weights, expected at least 0.9", fault, StringComparison.Ordinal);
        Assert.Equal(before, wary.Recommend(40));
        Apply(_session, reversed); // off by default
    }

    [Fact]
    public void The_canary_is_about_the_users_own_events_and_says_nothing_without_any()
    {
        using var fresh = new DeviceSession(_model, new() { ParameterCanary = 1 });
        Apply(fresh, Reversed());
    }

    [Fact]
    public void The_canary_reads_the_rows_that_came_with_lists()
    {
        var bundle = new TinyBundle { Factors = Personal.Tiny() };
        var table = bundle.Values("items.weight");
        bundle.Remove("items.weight");
        var model = bundle.LoadModel();
        using var session = new DeviceSession(model, new() { ParameterCanary = 0.9 });
        var slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", [7, 30, 2, 3, 9], table, 8);
        session.Observe(3, time: 1);
        Assert.True(session.TryAccept(Lists.Of(7, 30, 2) with { Slice = slice.ToBytes() }, out var fault), fault);
        var before = session.Recommend(40);
        Assert.False(session.TryApply(Reversed(model), out fault));
        Assert.Contains("correlate by -1", fault, StringComparison.Ordinal);
        Assert.Equal(before, session.Recommend(40));
        Apply(session, Personal.Cores(model, scale: 0.001f));
    }

    [Fact]
    public void Clicks_allocate_nothing_with_a_packet_that_has_an_end()
    {
        Apply(_session, Timed(seconds: 1_000_000));
        var best = new Recommendation[10];
        var item = 1;
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _session.Observe(item = item % 40 + 1, time: 5);
                _session.Recommend(best.AsSpan());
            }
        });
        Assert.Equal("cores 1", _session.ParameterVersion);
    }

    [Fact]
    public void Every_ranking_beside_swaps_is_of_one_packet()
    {
        var packets = new[] { Personal.Cores(_model, seed: 1), Personal.Cores(_model, seed: 2) };
        var expected = packets.Select(packet =>
        {
            var session = Used(_model);
            Apply(session, packet);
            return session.Recommend(40);
        }).ToArray();
        Assert.NotEqual(expected[0], expected[1]);
        Apply(_session, packets[0]);
        var (seen, isOver) = (new int[3], false);  // of either, and of none
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var found = _session.Recommend(40);
                var which = Array.FindIndex(expected, one => one.AsSpan().SequenceEqual(found));
                Interlocked.Increment(ref seen[which < 0 ? 2 : which]);
            }
        })).ToList();
        var faults = 0;
        threads.ForEach(thread => thread.Start());
        for (var i = 0; i < 2_000; i++) if (!_session.TryApply(packets[i % 2], out var _)) faults++;
        Volatile.Write(ref isOver, true);
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, faults);
        Assert.True(seen is [> 0, > 0, 0], string.Join(", ", seen));
    }

    private ParameterPacket Made(string what)
    {
        var layer = _model.Factors!.Layers[0];
        return what switch
        {
            "model" => Personal.Packet(_model, null, Core, modelVersion: "other"),
            "factors" => Personal.Packet(_model, new() { Factors = "0123456789abcdef" }, Core),
            "expired" => Personal.Cores(_model, options: new() { CreatedAt = Now - 61, ValidFor = 60 }),
            "layer" => Of("backbone.blocks.1.output.core", new float[12], 3, 4),
            "rank" => Of(layer.Name + ".core", new float[6], 2, 3),
            "no column" => Of(layer.Name + ".core", new float[9], 3, 3),
            "NaN" => Of(layer.Name + ".core", [float.NaN, .. new float[11]], 3, 4),
            "beyond" => Of(layer.Name + ".core", [2e6f, .. new float[11]], 3, 4),
            "too great" => Personal.Cores(_model, scale: 60),
            "bias too great" => Of(layer.Name + ".core", [0, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 100], 3, 4),
            "few codes" => Personal.OfCodes(_model, 1, 2, 3),
            "no such level" => Personal.OfCodes(_model, 1, 2, 5, 3),
            "plan of another layer" => Plan("backbone.blocks.9.output", 8),
            "plan of a norm" => Plan("backbone.norm", 8),
            "plan of an adapter" => Plan("adapter", 4),
            "plan too long" => Plan(layer.Name, 9),
            "full too great" => Of(layer.Name + ".weight", [.. Shipped().Select(value => 10 * value)], 8, 8),
            "full int8 beyond" => Personal.Packet(_model, null, writer =>
                PacketTensors.AddRows(writer, layer.Name + ".weight", [.. Enumerable.Repeat(2e6f, 64)], 8)),
            _ => Personal.Packet(_model, null, writer => // finite one by one
            {
                writer.Add<float>("backbone.norm.bias", [.. Enumerable.Repeat(1e6f, 8)], 8);
                writer.Add<float>("adapter.down", [.. Enumerable.Repeat(1e6f, 32)], 4, 8);
                writer.Add<float>("adapter.up", [.. Enumerable.Repeat(1e6f, 32)], 8, 4);
            }),
        };

        void Core(SafetensorsWriter writer) => PacketTensors.AddCore(writer, layer, new float[layer.CoreLength]);

        ParameterPacket Plan(string name, int rows) =>
            Personal.Packet(_model, null, writer => PacketTensors.AddPlan(writer, name, new byte[rows]));

        ParameterPacket Of(string name, float[] values, params int[] shape) =>
            Personal.Packet(_model, null, writer => writer.Add<float>(name, values, shape));

        float[] Shipped() => _model.Runner.Layout.TryFind(layer.Name + ".weight", out var tensor)
            ? tensor.Slice.Of(_model.Weights.Span).ToArray()
            : throw new InvalidOperationException();
    }

    /// <summary>The last norm with the other sign: every vector is turned round.</summary>
    private ParameterPacket Reversed(DeviceModel? model = null) => Personal.Packet(model ?? _model, null, writer =>
    {
        foreach (var name in _lastNorm)
        {
            Assert.True(_model.Runner.Layout.TryFind(name, out var tensor));
            writer.Add<float>(name, [.. tensor.Slice.Of(_model.Weights.Span).ToArray().Select(value => -value)], 8);
        }
    });

    private ParameterPacket Full() => Personal.Packet(
        _model, null, writer => writer.Add<float>("backbone.blocks.0.output.weight", Personal.Values(new(9), 64), 8, 8), "full");

    private ParameterPacket Timed(long seconds) => Personal.Cores(
        _model, options: new() { CreatedAt = _time.GetUtcNow().ToUnixTimeSeconds(), ValidFor = seconds });

    private static DeviceModel Din() => RandomBundle.Load(Runners.Shape("din"));

    private static void Apply(DeviceSession session, ParameterPacket packet) => Assert.True(session.TryApply(packet, out var fault), fault);

    private static void Learn(DeviceSession session)
    {
        for (var tries = 0; tries < 5 && !session.HasLearned; tries++) session.Learn(new() { Steps = 5, Anchor = 0, Seed = tries });
        Assert.True(session.HasLearned, "nothing was learned that this test could lose");
    }

    private DeviceSession Used(DeviceModel model, DeviceSessionOptions? options = null)
    {
        var session = new DeviceSession(model, (options ?? new()) with { Time = _time, ExcludeConsumed = false });
        for (var i = 0; i < 12; i++) session.Observe(_events[i % 3], time: 60 * i);
        return session;
    }

    private DeviceSession Restored(byte[] snapshot)
    {
        var session = Used(_model);
        Assert.True(session.TryRestore(snapshot, out var fault), fault);
        return session;
    }

    /// <summary>A snapshot without the arrays whose names begin so, under a right checksum.</summary>
    private static byte[] Without(string prefix, byte[] snapshot)
    {
        Assert.True(SafetensorsFile.TryParse(snapshot, out var file, out var fault), fault);
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        foreach (var tensor in file.Tensors.Values.Where(tensor => !tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
            writer.AddBytes(tensor.Name, tensor.Type, tensor.Bytes.Span, tensor.Shape.AsSpan());
        return SafetensorsDigest.Seal(writer, SnapshotWriter.DigestKey);
    }

    private sealed class Stubborn : TimeProvider
    {
        public bool Throws { get; set; }

        public override DateTimeOffset GetUtcNow() =>
            Throws ? throw new NotSupportedException() : DateTimeOffset.FromUnixTimeSeconds(Now);
    }
}
