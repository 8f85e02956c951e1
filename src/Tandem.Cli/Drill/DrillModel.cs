using System.Security.Cryptography;
using Tandem.Device;
using Tandem.Device.Backbones;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Cli.Drill;

/// <summary>A bundle of random weights, of every backbone in turn, small enough to be opened thousands of times.</summary>
internal sealed class DrillModel
{
    public const int Items = 40;

    private const string Catalog = "drill";
    private const string WeightsName = "model.safetensors";
    private const string KeysName = "keys.safetensors";
    private const string FactorsName = "parameters.safetensors";
    private const string WeightSuffix = ".weight";
    private const int Width = 12;
    private const int Window = 10;

    private static readonly BackboneShape[] _shapes =
    [
        new SasRecShape { Items = Items, Width = Width, Window = Window, Blocks = 2, Heads = 2, Inner = 12 },
        new Gru4RecShape { Items = Items, Width = Width, Window = Window, Layers = 2, Hidden = 17 },
        new HstuShape
        {
            Items = Items, Width = Width, Window = Window, Blocks = 2, Heads = 2, AttentionWidth = 5, LinearWidth = 7, TimeBuckets = 40,
            UsesTimes = true,
        },
        new DinShape { Items = Items, Width = Width, Window = Window, AttentionHidden = 8, Hidden = 16, LastHidden = 8 },
        new TttShape
        {
            Items = Items, Width = Width, Window = Window, Blocks = 2, Heads = 3, Inner = TttInnerForm.Linear, MiniBatch = 4,
            FeedForwardWidth = 20, BaseRate = 1, RopeBase = 1_000,
        },
    ];

    private readonly BackboneShape _shape;
    private readonly ParameterFactors _factors;

    /// <param name="backbone">Any number; every fifth is of one kind.</param>
    public DrillModel(int backbone)
    {
        _shape = _shapes[backbone % _shapes.Length];
        Weights = Write(new(backbone));
        Keys = WriteKeys();
        _factors = FactorsOf(_shape);
        Factors = Written(_factors.Write);
        Model = Open(Weights, Keys, Factors) ?? throw new InvalidOperationException($"an honest bundle of {_shape.Kind} was refused");
    }

    /// <summary>Kinds of backbones.</summary>
    public static int Kinds => _shapes.Length;

    /// <summary>The bundle's file of weights.</summary>
    public byte[] Weights { get; }

    /// <summary>The bundle's file of item keys.</summary>
    public byte[] Keys { get; }

    /// <summary>The bundle's file of factors.</summary>
    public byte[] Factors { get; }

    /// <summary>Open.</summary>
    public DeviceModel Model { get; }

    /// <summary>The bundle with other weights or keys under right hashes; null where it is refused.</summary>
    public DeviceModel? Open(byte[] weights, byte[] keys) => Open(weights, keys, Factors);

    /// <summary>The same with other factors.</summary>
    public DeviceModel? Open(byte[] weights, byte[] keys, byte[] factors)
    {
        var manifest = new BundleManifest
        {
            Name = "drill",
            Version = "1",
            CatalogVersion = Catalog,
            Backbone = _shape,
            Files = [Listed(WeightsName, weights), Listed(KeysName, keys), Listed(FactorsName, factors)],
        };
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { [WeightsName] = weights, [KeysName] = keys, [FactorsName] = factors };
        return Bundle.TryOpen(manifest.ToJson(), files, out var bundle, out _) && DeviceModel.TryLoad(bundle, out var model, out _)
            ? model
            : null;
    }

    /// <summary>A packet of every second tensor, of cores, of codes, or of plans.</summary>
    /// <param name="form">Which of these.</param>
    /// <param name="factors">Hash of those that it is said to be for; null for those of the bundle.</param>
    public byte[] Packet(ParameterForm form, string? factors = null)
    {
        var (random, writer) = (new Random(7), new SafetensorsWriter());
        switch (form)
        {
            case ParameterForm.LowRank:
                foreach (var layer in _factors.Layers) PacketTensors.AddCore(writer, layer, Values(random, layer.CoreLength));
                break;
            case ParameterForm.Codes:
                PacketTensors.AddCodes(writer, [1, 0, 2]);
                break;
            case ParameterForm.Plan:
                foreach (var layer in _factors.Layers) PacketTensors.AddPlan(writer, layer.Name, Choices(random, layer.Outputs));
                break;
            default:
                foreach (var tensor in Model.Runner.Layout.Slices.Where((tensor, i) => !tensor.IsPersonal && i % 2 == 0))
                    writer.Add(tensor.Name, Values(random, tensor.Shape), tensor.Shape);
                break;
        }

        return ParameterPacket.ToBytes(
            "1", "drill", writer, new() { Factors = factors ?? _factors.Hash, CreatedAt = 1_700_000_000, ValidFor = 1L << 40 });
    }

    private static BundleFile Listed(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[] WriteKeys() => Written(ItemKeys.From([.. Enumerable.Range(1, Items).Select(item => $"key {item}")]).Write);

    private static byte[] Written(Action<SafetensorsWriter> write)
    {
        var writer = new SafetensorsWriter();
        write(writer);
        return writer.ToArray();
    }

    /// <summary>Of the first two layers with a matrix of their own; three codes of three levels.</summary>
    private static ParameterFactors FactorsOf(BackboneShape shape)
    {
        var (random, layout) = (new Random(9), DeviceBackbones.CreateRunner(shape).Layout);
        var matrices = layout.Slices.Where(tensor => tensor is { IsPersonal: false, Shape: [> 1, > 1] }
            && tensor.Name.EndsWith(WeightSuffix, StringComparison.Ordinal)).Take(2);
        return new([.. matrices.Select(matrix =>
        {
            var name = matrix.Name[..^WeightSuffix.Length];
            var (up, down) = (Values(random, matrix.Shape[0], 2), Values(random, 2, matrix.Shape[1]));
            var layer = LayerFactors.Of(name, rank: 2, up, down, hasBias: layout.TryFind(name + ".bias", out _));
            return layer.WithLevels(codes: 3, Values(random, 3, 3, layer.CoreLength));
        })]);
    }

    private byte[] Write(Random random)
    {
        var writer = new SafetensorsWriter();
        writer.Add(ItemTensors.Values, Values(random, Items + 1, Width), Items + 1, Width);
        foreach (var tensor in DeviceBackbones.CreateRunner(_shape).Layout.Slices.Where(tensor => !tensor.IsPersonal))
            writer.Add(tensor.Name, Values(random, tensor.Shape), tensor.Shape);
        PopularItems.FromCounts([.. Enumerable.Range(0, Items + 1).Select(i => (long)i)]).Write(writer);
        return writer.ToArray();
    }

    private static byte[] Choices(Random random, int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => (byte)random.Next(PrecisionPlan.Bits.Length))];

    private static float[] Values(Random random, params int[] shape) =>
        [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() * 0.6f - 0.3f)];
}
