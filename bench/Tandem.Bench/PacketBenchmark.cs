using BenchmarkDotNet.Attributes;
using Tandem.Device;
using Tandem.Device.Backbones;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Bench;

/// <summary>What does it cost to go from a packet's bytes to the next ranking, and from one to none?</summary>
/// <remarks>
/// SASRec of 64 dimensions and two blocks, 12,000 int8 rows, a full window of 50 events, two layers of rank 8. Swaps take turns between two
/// users' packets. <see cref="Ranking"/> is what a ranking without a swap costs, and is in all others.
/// </remarks>
[MemoryDiagnoser]
public class PacketBenchmark
{
    private const int Rank = 8;

    private static readonly SasRecShape _shape =
        new() { Items = 12_000, Width = 64, Window = 50, Blocks = 2, Heads = 2, Inner = 64 };

    private static readonly string[] _layers = ["backbone.blocks.0.output", "backbone.blocks.1.output"];

    private readonly Recommendation[] _best = new Recommendation[10];
    private readonly byte[][] _full = new byte[2][];
    private readonly byte[][] _cores = new byte[2][];
    private readonly byte[][] _codes = new byte[2][];
    private DeviceSession _session = null!;
    private DeviceSession _wary = null!;
    private int _turn;

    [GlobalSetup]
    public void Setup()
    {
        var factors = Factors();
        var model = Load(factors);
        (_session, _wary) = (Used(model, new()), Used(model, new() { ParameterCanary = -0.99 }));
        for (var user = 0; user < 2; user++)
        {
            var (full, cores, codes) = (new SafetensorsWriter(), new SafetensorsWriter(), new SafetensorsWriter());
            foreach (var layer in factors.Layers)
            {
                full.Add(layer.Name + ".weight", Small(64 * 64, user), 64, 64);
                full.Add(layer.Name + ".bias", Small(64, user), 64);
                PacketTensors.AddCore(cores, layer, Small(layer.CoreLength, user));
            }

            PacketTensors.AddCodes(codes, [.. Enumerable.Range(0, 8).Select(m => (byte)(16 * user + m))]);
            (_full[user], _cores[user], _codes[user]) = (Bytes(model, full), Bytes(model, cores), Bytes(model, codes));
        }
    }

    [Benchmark(Baseline = true)]
    public int Ranking() => _session.Recommend(_best.AsSpan(), RankingMode.Device);

    [Benchmark]
    public int Full() => Swap(_session, _full);

    [Benchmark]
    public int Cores() => Swap(_session, _cores);

    [Benchmark]
    public int Codes() => Swap(_session, _codes);

    [Benchmark]
    public int CoresWithCanary() => Swap(_wary, _cores);

    private int Swap(DeviceSession session, byte[][] packets)
    {
        _turn ^= 1;
        if (!ParameterPacket.TryParse(packets[_turn], out var packet, out var fault) || !session.TryApply(packet, out fault))
            throw new InvalidOperationException(fault);
        return session.Recommend(_best.AsSpan(), RankingMode.Device);
    }

    private static byte[] Bytes(DeviceModel model, SafetensorsWriter tensors) => ParameterPacket.ToBytes(
        model.Version, "bench", tensors, new() { Factors = model.Factors!.Hash, CreatedAt = 1_700_000_000, ValidFor = 1L << 40 });

    private static ParameterFactors Factors() => new([.. _layers.Select(name =>
        LayerFactors.Of(name, Rank, Small(64 * Rank, 3), Small(Rank * 64, 4), hasBias: true)
            .WithLevels(codes: 8, Small(8 * 32 * Rank * (Rank + 1), 5)))]);

    private static float[] Small(int length, int seed) => [.. Draw.Floats(length, seed).Select(value => value / 8)];

    private static DeviceSession Used(DeviceModel model, DeviceSessionOptions options)
    {
        var session = new DeviceSession(model, options);
        for (var i = 1; i <= 48; i++) session.Observe(i * 37, time: i);
        return session;
    }

    private static DeviceModel Load(ParameterFactors factors)
    {
        var weights = new SafetensorsWriter();
        var (rows, D) = (_shape.Items + 1, _shape.Width);
        var (table, codes, scales) = (Small(rows * D, 1), new sbyte[rows * D], new float[rows]);
        for (var i = 0; i < rows; i++) scales[i] = Int8Quantisation.Quantise(table.AsSpan(i * D, D), codes.AsSpan(i * D, D));
        weights.Add<sbyte>("items.codes", codes, rows, D);
        weights.Add<float>("items.scales", scales, rows);
        foreach (var tensor in DeviceBackbones.CreateRunner(_shape).Layout.Slices.Where(tensor => !tensor.IsPersonal))
            weights.Add(tensor.Name, Small(tensor.Slice.Length, 2), tensor.Shape);
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            var manifest = new BundleManifest { Name = "bench", Version = "1", CatalogVersion = "bench", Backbone = _shape };
            Bundle.Write(folder, manifest, weights, factors: factors);
            return DeviceModel.Open(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
