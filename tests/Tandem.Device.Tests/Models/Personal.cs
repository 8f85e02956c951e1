using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Models;

/// <summary>Factors for layers of a small model, and packets of every form for them.</summary>
internal static class Personal
{
    public const int Rank = 3, Codes = 4, Levels = 5;

    /// <summary>Two layers of the tiny bundle.</summary>
    public static string[] TinyLayers { get; } = ["backbone.blocks.0.output", "backbone.blocks.1.qkv"];

    /// <summary>The tiny bundle's model with factors.</summary>
    public static DeviceModel Load(double maxNorm = ParameterFactors.DefaultMaxNorm, ParameterFactors? factors = null) =>
        new TinyBundle { Factors = factors ?? Tiny(maxNorm) }.LoadModel();

    public static ParameterFactors Tiny(double maxNorm = ParameterFactors.DefaultMaxNorm, int seed = 1) =>
        new([Layer(TinyLayers[0], 8, 8, seed), Layer(TinyLayers[1], 24, 8, seed)], maxNorm);

    public static LayerFactors Layer(string name, int outputs, int inputs, int seed = 1, bool hasBias = true, int rank = Rank)
    {
        var random = new Random(seed + name.Length);
        var factors = LayerFactors.Of(name, rank, Values(random, outputs * rank), Values(random, rank * inputs), hasBias);
        return factors.WithLevels(Codes, Values(random, Codes * Levels * factors.CoreLength));
    }

    /// <summary>Cores of the model's factors, drawn by a seed.</summary>
    public static ParameterPacket Cores(DeviceModel model, int seed = 1, float scale = 1, ParameterPacketOptions? options = null) =>
        Packet(model, options, writer =>
        {
            var random = new Random(seed);
            foreach (var layer in model.Factors!.Layers)
                PacketTensors.AddCore(writer, layer, [.. Values(random, layer.CoreLength).Select(value => scale * value)]);
        }, $"cores {seed}");

    public static ParameterPacket OfCodes(DeviceModel model, params byte[] codes) =>
        Packet(model, null, writer => PacketTensors.AddCodes(writer, codes), "codes");

    /// <summary>Plans that a seed draws, for the layers with factors.</summary>
    public static ParameterPacket Plans(DeviceModel model, int seed = 1) => Packet(model, null, writer =>
    {
        var random = new Random(seed);
        foreach (var layer in model.Factors!.Layers) PacketTensors.AddPlan(writer, layer.Name, Choices(random, layer.Outputs));
    }, $"plans {seed}");

    /// <summary>A packet of cores, and one of codes where the factors take any.</summary>
    public static IEnumerable<ParameterPacket> Any(DeviceModel model)
    {
        yield return Cores(model);
        if (model.Factors!.CodeCount > 0) yield return OfCodes(model, new byte[model.Factors.CodeCount]);
    }

    public static ParameterPacket Packet(
        DeviceModel model, ParameterPacketOptions? options, Action<SafetensorsWriter> add, string version = "p",
        string? modelVersion = null)
    {
        var writer = new SafetensorsWriter();
        add(writer);
        options ??= new();
        var bytes = ParameterPacket.ToBytes(
            modelVersion ?? model.Version, version, writer, options with { Factors = options.Factors ?? model.Factors?.Hash });
        return ParameterPacket.TryParse(bytes, out var packet, out var fault) ? packet : throw new InvalidOperationException(fault);
    }

    public static byte[] Choices(Random random, int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => (byte)random.Next(PrecisionPlan.Bits.Length))];

    public static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
