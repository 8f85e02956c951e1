using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tandem.Device.Backbones;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Hostile;

/// <summary>A bundle of one backbone in memory, and sessions that run it.</summary>
internal sealed class Victim
{
    private const string WeightsName = "model.safetensors";
    private const string KeysName = "keys.safetensors";
    private const string FactorsName = "parameters.safetensors";
    private const int Slack = 600_000;  // states of small models, texts, and what the JSON reader rents

    private readonly TinyStorage _storage;

    /// <param name="backbone">Of <see cref="Runners.Shape"/>.</param>
    /// <param name="storage">How the item table is held.</param>
    public Victim(string backbone, TinyStorage storage)
    {
        (Shape, _storage) = (Runners.Shape(backbone), storage);
        Weights = WriteWeights();
        Keys = WriteKeys(ItemKeys.From([.. Enumerable.Range(1, Shape.Items).Select(item => $"key {item}")]));
        Manifest = ManifestOf(Weights, Shape);
        Factors = FactorsOf(Shape);
        FactorBytes = Write(Factors);
        Model = OpenWithFactors(FactorBytes) ?? throw new InvalidOperationException("the untouched bundle was refused");
    }

    public static TheoryData<string> Backbones => ["sasrec", "gru4rec, 2 layers, wider", "hstu, times", "din", "ttt"];

    public BackboneShape Shape { get; }

    public byte[] Weights { get; }

    /// <summary>A key for each item.</summary>
    public byte[] Keys { get; }

    /// <summary>The bundle's file of factors.</summary>
    public byte[] FactorBytes { get; }

    public BundleManifest Manifest { get; }

    public DeviceModel Model { get; }

    /// <summary>Factors of the first layers that have a bias and a matrix of their own.</summary>
    public ParameterFactors Factors { get; }

    /// <summary>A session with events, a list, sent weights and learned ones.</summary>
    public DeviceSession Session()
    {
        var session = new DeviceSession(Model, new() { HistoryLimit = 30 });
        for (var i = 0; i < 25; i++) session.Observe(i * 7 % 39 + 1, time: 1_700_000_000 + i * 3600, value: 0.5f);
        if (!session.TryApply(Packet(PacketBytes()), out var fault)) throw new InvalidOperationException(fault);
        session.Learn(new() { Steps = 1, Anchor = 0 });
        if (!session.TryAccept(Lists.Of(40, 38, 2, 11) with { HistoryLength = 24 }, out fault)) throw new InvalidOperationException(fault);
        session.Recommend(5);
        return session;
    }

    /// <summary>Half of the weights, changed a little.</summary>
    public byte[] PacketBytes()
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in Model.Runner.Layout.Slices.Where((tensor, i) => !tensor.IsPersonal && i % 2 == 0))
            writer.Add(tensor.Name, Values(7, tensor.Shape), tensor.Shape);
        return ParameterPacket.ToBytes(Model.Version, "p1", writer);
    }

    /// <summary>A packet of any form.</summary>
    public byte[] PacketBytes(ParameterForm form)
    {
        if (form == ParameterForm.Full) return PacketBytes();
        var writer = new SafetensorsWriter();
        if (form == ParameterForm.Codes) PacketTensors.AddCodes(writer, [1, 2, 3, 0]);
        foreach (var layer in form == ParameterForm.Codes ? [] : Factors.Layers)
        {
            if (form == ParameterForm.Plan) PacketTensors.AddPlan(writer, layer.Name, Personal.Choices(new(8), layer.Outputs));
            else PacketTensors.AddCore(writer, layer, Values(8, layer.CoreLength));
        }

        return ParameterPacket.ToBytes(
            Model.Version, "p2", writer, new() { Factors = Factors.Hash, CreatedAt = 1, ValidFor = 1L << 40 });
    }

    /// <summary>Opens the bundle with a file of factors under its right hash; null where it is refused.</summary>
    public DeviceModel? OpenWithFactors(byte[] factors)
    {
        var manifest = Manifest with { Files = [.. Manifest.Files, Listed(FactorsName, factors)] };
        var json = manifest.ToJson();
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { [WeightsName] = Weights, [FactorsName] = factors };
        return Open(json, files, json.Length + Weights.Length + 3 * factors.Length).Model;
    }

    public static ParameterPacket Packet(byte[] bytes) =>
        ParameterPacket.TryParse(bytes, out var packet, out var fault) ? packet : throw new InvalidOperationException(fault);

    public static BundleManifest ManifestOf(byte[] weights, BackboneShape shape, byte[]? keys = null) => new()
    {
        Name = "victim",
        Version = "1",
        CatalogVersion = TinyBundle.Catalog,
        Backbone = shape,
        Successors = Counted.Join,
        Files = keys is null ? [Listed(WeightsName, weights)] : [Listed(WeightsName, weights), Listed(KeysName, keys)],
    };

    /// <summary>Opens a bundle as an app does; null where it is refused. What it allocates is bounded by what it was given.</summary>
    public static DeviceModel? Open(BundleManifest manifest, byte[] weights) => Open(manifest.ToJson(), weights);

    /// <inheritdoc cref="Open(BundleManifest, byte[])"/>
    public static DeviceModel? Open(byte[] manifest, byte[] weights) =>
        Open(manifest, new() { [WeightsName] = weights }, manifest.Length + weights.Length).Model;

    /// <summary>Opens the bundle with other keys.</summary>
    /// <param name="keys">What a device finds in their place.</param>
    /// <param name="listed">What the manifest has the hash of; null for the same.</param>
    /// <returns>Null and why, where it is refused.</returns>
    public (DeviceModel? Model, string? Fault) OpenWithKeys(byte[] keys, byte[]? listed = null)
    {
        var manifest = ManifestOf(Weights, Shape, listed ?? keys).ToJson();
        return Open(manifest, new() { [WeightsName] = Weights, [KeysName] = keys }, manifest.Length + Weights.Length + keys.Length);
    }

    public static byte[] WriteKeys(ItemKeys keys)
    {
        var writer = new SafetensorsWriter();
        keys.Write(writer);
        return writer.ToArray();
    }

    private static (DeviceModel? Model, string? Fault) Open(byte[] manifest, Dictionary<string, ReadOnlyMemory<byte>> files, long bytes)
    {
        var (model, fault) = ((DeviceModel?)null, (string?)null);
        AssertBounded(bytes, () =>
        {
            if (Bundle.TryOpen(manifest, files, out var bundle, out fault) && DeviceModel.TryLoad(bundle, out model, out fault)) return;
            Assert.False(string.IsNullOrWhiteSpace(fault));
        });
        return (model, fault);
    }

    private static BundleFile Listed(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>A manifest with one number or text of it changed, sealed again.</summary>
    public byte[] Edited(int place, JsonNode? value)
    {
        var manifest = JsonNode.Parse(Manifest.ToJson())!.AsObject();
        var parts = new[] { manifest, manifest["backbone"]!.AsObject(), manifest["successors"]!.AsObject() };
        var members = parts.SelectMany(part => part.Select(member => (part, member.Key)))
            .Where(m => m.part[m.Key] is JsonValue && m.Key != "manifestSha256").ToArray();
        var (parent, name) = members[place % members.Length];
        parent[name] = value?.DeepClone();
        var seal = manifest["manifestSha256"]!.GetValue<string>();
        var json = System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString().Replace(seal, ManifestSeal.Zeros, StringComparison.Ordinal));
        ManifestSeal.Put(json);
        return json;
    }

    /// <summary>Whatever was accepted, the session still ranks, learns nothing odd, and its own snapshot comes back.</summary>
    public static void AssertServes(DeviceSession session)
    {
        session.Observe(12, time: 1_800_000_000);
        foreach (var mode in Enum.GetValues<RankingMode>())
        {
            Assert.All(session.Recommend(5, mode), best => Assert.True(float.IsFinite(best.Score), $"{best}"));
        }

        if (session.Model.HoldsCatalog) Assert.All(Counted.Scores(session), score => Assert.True(float.IsFinite(score)));
        session.Explain(12);
        Assert.True(session.Undo());
        var again = new DeviceSession(session.Model, new() { HistoryLimit = 30 });
        Assert.True(again.TryRestore(session.Snapshot(), out var fault), fault);
    }

    /// <summary>Asserts that no more is allocated than twice the bytes given, beside what any small call allocates.</summary>
    public static void AssertBounded(long bytes, Action call)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        call();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= 2 * bytes + Slack, $"{allocated} bytes allocated for {bytes}");
    }

    private static ParameterFactors FactorsOf(BackboneShape shape)
    {
        var layout = DeviceBackbones.CreateRunner(shape).Layout;
        var layers = layout.Slices.Where(tensor => tensor is { IsPersonal: false, Shape.Length: 2 } && tensor.Shape.Min() >= 2
            && tensor.Name.EndsWith(".weight", StringComparison.Ordinal)).Take(2);
        return new([.. layers.Select(matrix =>
        {
            var name = matrix.Name[..^".weight".Length];
            return Personal.Layer(
                name, matrix.Shape[0], matrix.Shape[1], hasBias: layout.TryFind(name + ".bias", out _), rank: 2);
        })]);
    }

    private static byte[] Write(ParameterFactors factors)
    {
        var writer = new SafetensorsWriter();
        factors.Write(writer);
        return writer.ToArray();
    }

    private byte[] WriteWeights()
    {
        var writer = new SafetensorsWriter();
        var (rows, D) = (Shape.Items + 1, Shape.Width);
        var table = Values(1, rows, D);
        if (_storage == TinyStorage.Full) writer.Add("items.weight", table, rows, D);
        if (_storage == TinyStorage.Half) writer.Add<Half>("items.weight", Array.ConvertAll(table, value => (Half)value), rows, D);
        if (_storage == TinyStorage.Quantised)
        {
            var (codes, scales) = (new sbyte[table.Length], new float[rows]);
            for (var i = 0; i < rows; i++) scales[i] = Int8Quantisation.Quantise(table.AsSpan(i * D, D), codes.AsSpan(i * D, D));
            writer.Add<sbyte>("items.codes", codes, rows, D);
            writer.Add<float>("items.scales", scales, rows);
        }

        foreach (var tensor in DeviceBackbones.CreateRunner(Shape).Layout.Slices.Where(tensor => !tensor.IsPersonal))
            writer.Add(tensor.Name, Values(2, tensor.Shape), tensor.Shape);
        Counted.Table(Shape.Items).Write(writer);
        PopularItems.FromCounts([.. Enumerable.Range(0, rows).Select(i => (long)i)]).Write(writer);
        return writer.ToArray();
    }

    private static float[] Values(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() * 0.6f - 0.3f)];
    }
}
