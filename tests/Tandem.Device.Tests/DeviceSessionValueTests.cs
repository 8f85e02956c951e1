using System.Globalization;
using Tandem.Device.Storage;
using Tandem.Device.Tests.Backbones;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>How strong events were counts, and is kept to the bit.</summary>
public sealed class DeviceSessionValueTests : IDisposable
{
    private const string Part = "history.values";

    private static readonly TttShape _shape = TttShapes.Small with { EventValues = true };

    private readonly DeviceModel _model = RandomBundle.Load(_shape);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_value_changes_what_follows_and_1_is_the_default()
    {
        var (plain, ones, strong) = (Session(), Session(), Session());
        for (var n = 0; n < 6; n++)
        {
            plain.Observe(Item(n), 0);
            ones.Observe(Item(n), 0, value: 1);
            strong.Observe(Item(n), 0, value: n == 2 ? -3 : 1);
        }

        Assert.Equal(All(plain), All(ones));
        Assert.NotEqual(All(plain), All(strong));
    }

    [Fact]
    public void Values_are_float16_before_anything_reads_them()
    {
        var (rounded, given) = (Session(), Session());
        for (var n = 0; n < 6; n++)
        {
            given.Observe(Item(n), 0, Value(n));
            rounded.Observe(Item(n), 0, (float)(Half)Value(n));
        }

        Assert.NotEqual(Value(1), (float)(Half)Value(1));
        Assert.Equal(All(rounded), All(given));
    }

    [Fact]
    public void A_session_reopened_after_any_event_goes_on_to_the_bit()
    {
        var lasting = Open();
        for (var n = 0; n < 24; n++)
        {
            var plain = Session();
            for (var i = 0; i <= n; i++) plain.Observe(Item(i), i, Value(i));
            lasting.Observe(Item(n), n, Value(n));
            lasting.Dispose();
            lasting = Open();
            Assert.Equal(All(plain), All(lasting));
        }

        lasting.Dispose();
    }

    [Fact]
    public void Values_outlive_the_compaction_of_the_log()
    {
        var (lasting, plain) = (Open(limit: 12), Session());
        for (var n = 0; n < 4_100; n++) lasting.Observe(Item(n), n, Value(n));
        Assert.InRange(new FileInfo(_folder["events.log"]).Length, 1, 4_000 * 24);
        lasting.Dispose();
        for (var n = 4_088; n < 4_100; n++) plain.Observe(Item(n), n, Value(n));
        using var again = Open(limit: 12);
        Assert.Equal(All(plain), All(again));
    }

    [Fact]
    public void A_snapshot_after_any_event_goes_on_to_the_bit_also_where_the_state_is_made_anew()
    {
        var session = Session();
        for (var n = 0; n < 24; n++)
        {
            var restored = Restore(session.Snapshot());
            Assert.Equal(All(session), All(restored));
            session.Observe(Item(n), n, Value(n));
            restored.Observe(Item(n), n, Value(n));
            Assert.Equal(All(session), All(restored));
            if (n % 3 > 0) continue;
            session.Undo();
            restored.Undo();
            Assert.Equal(All(session), All(restored));
        }
    }

    [Fact]
    public void A_snapshot_without_values_has_1_of_each_event()
    {
        var (session, ones) = (Session(), Session());
        for (var n = 0; n < 6; n++)
        {
            session.Observe(Item(n), n, Value(n));
            ones.Observe(Item(n), n);
        }

        var restored = Restore(Rewrite(session.Snapshot(), _ => { }));
        restored.Observe(1);
        restored.Undo(); // the state is made anew, from values that are not there
        Assert.Equal(All(ones), All(restored));
    }

    [Fact]
    public void A_snapshot_whose_values_do_not_fit_is_refused()
    {
        var session = Session();
        foreach (var item in new[] { 3, 9 }) session.Observe(item, 0, 2);
        var (snapshot, before) = (session.Snapshot(), All(session));
        Action<SnapshotWriter>[] unfit =
        [
            writer => writer.Add<Half>(Part, [Half.One]),
            writer => writer.Add<Half>(Part, [Half.One, Half.One, Half.One]),
            writer => writer.Add<Half>(Part, []),
            writer => writer.Add<Half>(Part, [Half.One, Half.NaN]),
            writer => writer.Add<Half>(Part, [Half.NegativeInfinity, Half.One]),
            writer => writer.Add<float>(Part, [1, 1]),
        ];
        foreach (var add in unfit)
        {
            Assert.False(session.TryRestore(Rewrite(snapshot, add), out var fault));
            Assert.Contains("do not fit", fault, StringComparison.Ordinal);
        }

        Assert.True(session.TryRestore(Rewrite(snapshot, writer => writer.Add<Half>(Part, [(Half)2, (Half)2])), out _));
        Assert.Equal(before, All(session));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(65_520)]
    [InlineData(-1e30f)]
    public void A_value_beyond_float16_is_refused_and_the_event_does_not_count(float value)
    {
        using var session = Open();
        session.Observe(3, 0, 65_504);
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => session.Observe(9, 0, value));
        Assert.StartsWith("values run from -65504 to 65504", fault.Message, StringComparison.Ordinal);
        Assert.Contains(value.ToString(CultureInfo.CurrentCulture), fault.Message, StringComparison.Ordinal);
        Assert.Equal([3], session.History);
    }

    [Fact]
    public void Users_by_turns_keep_their_own_values()
    {
        var (first, second, alone) = (Session(), Session(), Session());
        for (var n = 0; n < 20; n++)
        {
            alone.Observe(Item(n), n, Value(n));
            first.Observe(Item(n), n, Value(n));
            All(first);
            second.Observe(Item(n), n, -Value(n));
            All(second);
            All(alone);
        }

        Assert.Equal(All(alone), All(first));
        Assert.NotEqual(All(first), All(second));
    }

    [Fact]
    public void A_model_that_was_trained_without_values_does_not_read_them()
    {
        var model = RandomBundle.Load(_shape with { EventValues = false });
        var (plain, strong) = (new DeviceSession(model, new()), new DeviceSession(model, new()));
        foreach (var item in new[] { 3, 9, 27 })
        {
            plain.Observe(item, 0);
            strong.Observe(item, 0, -5);
        }

        Assert.Equal(All(plain), All(strong));
    }

    [Fact]
    public void Learning_reads_the_values_too()
    {
        Assert.Equal(LossBefore(Value), LossBefore(Value));
        Assert.NotEqual(LossBefore(Value), LossBefore(n => n == 2 ? 5 : Value(n)));

        float LossBefore(Func<int, float> value)
        {
            var session = Session();
            for (var n = 0; n < 10; n++) session.Observe(Item(n), n, value(n));
            return session.Learn(Habits.Fast).LossBefore;
        }
    }

    [Fact]
    public void An_event_with_a_value_and_its_ranking_allocate_nothing()
    {
        var session = Session();
        var best = new Recommendation[10];
        Allocation.AssertNone(() =>
        {
            for (var n = 0; n < 40; n++) Click(n);
        });

        void Click(int n)
        {
            session.Observe(Item(n), n, Value(n));
            session.Recommend(best.AsSpan());
        }
    }

    private static int Item(int n) => 1 + (n * 17 + n * n) % 40;

    private static float Value(int n) => n % 7 * 0.7f - 1.3f;

    private static float[] All(DeviceSession session)
    {
        var scores = new float[40];
        session.ScoreCatalog(scores);
        return scores;
    }

    /// <summary>The snapshot without its values, and with what is added.</summary>
    private static byte[] Rewrite(byte[] snapshot, Action<SnapshotWriter> add)
    {
        Assert.True(SafetensorsFile.TryParse(snapshot, out var file, out var fault), fault);
        Assert.True(file.Tensors.ContainsKey(Part));
        var writer = new SnapshotWriter(file.Metadata[SnapshotWriter.CatalogKey], file.Metadata[SnapshotWriter.ModelKey]);
        foreach (var (name, tensor) in file.Tensors)
        {
            if (name == Part) continue;
            if (tensor.Holds<long>()) writer.Add(name, tensor.As<long>());
            else if (tensor.Holds<int>()) writer.Add(name, tensor.As<int>());
            else writer.Add(name, tensor.As<float>());
        }

        add(writer);
        return writer.ToBytes();
    }

    private DeviceSession Session() => new(_model, new() { ExcludeConsumed = false });

    private DeviceSession Restore(byte[] snapshot)
    {
        var session = Session();
        session.Observe(33, 0, 4); // to be forgotten
        Assert.True(session.TryRestore(snapshot, out var fault), fault);
        return session;
    }

    private DeviceSession Open(int limit = 1_000) => DeviceSession.TryOpen(
        _model, new()
        {
            ExcludeConsumed = false,
            HistoryLimit = limit,
        }, _folder["events.log"], out var session, out var fault, new() { FlushEvery = 0 })
        ? session
        : throw new InvalidOperationException(fault);
}
