using CsCheck;
using Tandem.Cli.Drill;
using Tandem.Device.Storage;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Tests;

namespace Tandem.Device.Tests.Hostile;

/// <summary>Snapshots, packets, slices, lists and logs that lie under right checksums.</summary>
public class HostileMessageTests
{
    public static TheoryData<string> Backbones => Victim.Backbones;

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Whatever_a_snapshot_says(string backbone)
    {
        var victim = new Victim(backbone, TinyStorage.Quantised);
        var snapshot = victim.Session().Snapshot();
        Lies.Any.Sample(
            done =>
            {
                var bytes = Tampering.Apply(snapshot, done, SnapshotWriter.DigestKey);
                var session = new DeviceSession(victim.Model, new() { HistoryLimit = 30 });
                var accepted = false;
                Victim.AssertBounded(bytes.Length + session.SizeBytes, () => accepted = session.TryRestore(bytes, out _));
                if (accepted) Victim.AssertServes(session);
                else Assert.Empty(session.History);
            },
            iter: 1_000,
            threads: 1);
    }

    public static MatrixTheoryData<string, ParameterForm> Packets =>
        new(Backbones.Select(row => row.Data), Enum.GetValues<ParameterForm>());

    [Theory]
    [MemberData(nameof(Packets))]
    public void Whatever_a_packet_says(string backbone, ParameterForm form)
    {
        var victim = new Victim(backbone, TinyStorage.Full);
        var (packet, session) = (victim.PacketBytes(form), victim.Session());
        Assert.True(session.TryApply(Victim.Packet(packet), out var refusal), refusal);
        Lies.Any.Sample(
            done =>
            {
                var bytes = Tampering.Apply(packet, done, ParameterPacket.ChecksumKey);
                if (!ParameterPacket.TryParse(bytes, out var parsed, out _)) return;
                var before = session.Recommend(5, RankingMode.Device);
                var accepted = false;
                // A model's weights beside a packet of some of them, and the state that they are tried on.
                Victim.AssertBounded(
                    bytes.Length + 2 * victim.Weights.Length + 2 * session.SizeBytes, () => accepted = session.TryApply(parsed, out _));
                if (accepted) Victim.AssertServes(session);
                else Assert.Equal(before, session.Recommend(5, RankingMode.Device));
            },
            iter: 500,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Whatever_factors_say(string backbone)
    {
        var victim = new Victim(backbone, TinyStorage.Quantised);
        Lies.Any.Sample(
            done =>
            {
                if (victim.OpenWithFactors(Tampering.Apply(victim.FactorBytes, done)) is not { Factors: { } factors } model) return;
                var session = new DeviceSession(model, new() { HistoryLimit = 30 });
                session.Observe(3, time: 1);
                foreach (var packet in Personal.Any(model)) session.TryApply(packet, out _);
                Victim.AssertServes(session);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Whatever_a_slice_says()
    {
        var bundle = new TinyBundle();
        var table = bundle.Values("items.weight").ToArray();
        bundle.Remove("items.weight");
        var model = Counted.Opened(bundle);
        var slice = ItemSlice.FromTable(TinyBundle.Catalog, "1", [7, 30, 2, 9], table, 8).ToBytes();
        Lies.Any.Sample(
            done =>
            {
                var session = new DeviceSession(model, new() { ExcludeConsumed = false });
                session.Observe(9, time: 1);
                var list = Lists.Of(7, 30, 2) with { Slice = Tampering.Apply(slice, done) };
                if (!session.TryAccept(list, out var fault)) Assert.NotEmpty(fault);
                else Assert.All(session.Recommend(3), best => Assert.True(float.IsFinite(best.Score)));
                session.Observe(7, time: 2);
                session.Recommend(3);
                Assert.True(new DeviceSession(model, new()).TryRestore(session.Snapshot(), out fault), fault);
            },
            iter: 2_000,
            threads: 1);
    }

    [Fact]
    public void Whatever_a_list_says()
    {
        var session = new Victim("sasrec", TinyStorage.Full).Session();
        var numbers = Gen.OneOf(Gen.Int[1, 40], Lies.OneOf(0, -1, 41, int.MaxValue, int.MinValue));
        var scores = Gen.OneOf(Gen.Float[-5, 0], Lies.OneOf(float.NaN, float.NegativeInfinity, -3e38f, 3e38f, 0f));
        Gen.Select(numbers.Array[0, 6], scores.Array[0, 6], numbers).Sample(
            (items, given, known) =>
            {
                var list = Lists.Of(1) with { Items = items, Scores = given, HistoryLength = known };
                if (!session.TryAccept(list, out var fault)) Assert.NotEmpty(fault);
                foreach (var mode in Enum.GetValues<RankingMode>())
                {
                    Assert.All(
                    session.Recommend(5, mode), best => Assert.False(float.IsNaN(best.Score)));
                }

                session.Decide();
                Assert.InRange(session.ListAge, 0, 25);
            },
            iter: 3_000,
            threads: 1);
    }

    [Fact]
    public void Whatever_a_log_says()
    {
        using var folder = new TemporaryFolder();
        var model = TinyBundle.Load();
        var kinds = Lies.OneOf(LoggedEventKind.Observe, LoggedEventKind.Undo, LoggedEventKind.Forgotten);
        var counts = Lies.OneOf(0L, 1, 5, 1L << 48, (1L << 48) + 1, long.MaxValue, -1);
        Gen.Select(counts, Gen.Select(kinds, Gen.Int[1, 45], Gen.Long).Array[0, 12]).Sample(
            (baseCount, events) =>
            {
                var records = events.Select(e => new LoggedEvent(e.Item1, e.Item1 == LoggedEventKind.Undo ? 0 : e.Item2, e.Item3))
                    .ToArray();
                File.WriteAllBytes(folder["log"], EventLogContent.Build(TinyBundle.Catalog, baseCount, origin: 0, records, out _));
                for (var time = 0; time < 2; time++) // whatever the first said, it has let go of the file
                {
                    if (!DeviceSession.TryOpen(model, new(), folder["log"], out var session, out var fault))
                    {
                        Assert.DoesNotContain("used by another", fault, StringComparison.Ordinal);
                        continue;
                    }

                    using (session)
                    {
                        session.Observe(3);
                        session.Recommend(5);
                    }
                }
            },
            iter: 1_000,
            threads: 1);
    }
}
