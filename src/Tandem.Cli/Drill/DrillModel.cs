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

    /// <param name="backbone">Any number; every fifth is of one kind.</param>
    public DrillModel(int backbone)
    {
        _shape = _shapes[backbone % _shapes.Length];
        Weights = Write(new(backbone));
        Keys = WriteKeys();
        Model = Open(Weights, Keys) ?? throw new InvalidOperationException($"an honest bundle of {_shape.Kind} was refused");
    }

    /// <summary>Kinds of backbones.</summary>
    public static int Kinds => _shapes.Length;

    /// <summary>The bundle's file of weights.</summary>
    public byte[] Weights { get; }

    /// <summary>The bundle's file of item keys.</summary>
    public byte[] Keys { get; }

    /// <summary>Open.</summary>
    public DeviceModel Model { get; }

    /// <summary>The bundle with other weights or keys under right hashes; null where it is refused.</summary>
    public DeviceModel? Open(byte[] weights, byte[] keys)
    {
        var manifest = new BundleManifest
        {
            Name = "drill",
            Version = "1",
            CatalogVersion = Catalog,
            Backbone = _shape,
            Files = [Listed(WeightsName, weights), Listed(KeysName, keys)],
        };
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { [WeightsName] = weights, [KeysName] = keys };
        return Bundle.TryOpen(manifest.ToJson(), files, out var bundle, out _) && DeviceModel.TryLoad(bundle, out var model, out _)
            ? model
            : null;
    }

    /// <summary>A packet of every second tensor.</summary>
    public byte[] Packet()
    {
        var (random, writer) = (new Random(7), new SafetensorsWriter());
        foreach (var tensor in Model.Runner.Layout.Slices.Where((tensor, i) => !tensor.IsPersonal && i % 2 == 0))
            writer.Add(tensor.Name, Values(random, tensor.Shape), tensor.Shape);
        return ParameterPacket.ToBytes(Model.Version, "drill", writer);
    }

    private static BundleFile Listed(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[] WriteKeys()
    {
        var writer = new SafetensorsWriter();
        ItemKeys.From([.. Enumerable.Range(1, Items).Select(item => $"key {item}")]).Write(writer);
        return writer.ToArray();
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

    private static float[] Values(Random random, params int[] shape) =>
        [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() * 0.6f - 0.3f)];
}
