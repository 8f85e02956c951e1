using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Parameters;

/// <summary>Random factors of two layers, one without a bias.</summary>
internal static class SampleFactors
{
    public const int Codes = 3, Levels = 5;

    public static ParameterFactors Of(int seed = 1, bool hasLevels = true, double maxNorm = 2.5) =>
        new([Layer("b.contract", 6, 4, 2, hasBias: false, seed, hasLevels), Layer("a.output", 4, 5, 3, hasBias: true, seed, hasLevels)],
            maxNorm);

    public static LayerFactors Layer(
        string name, int outputs, int inputs, int rank, bool hasBias, int seed = 1, bool hasLevels = false, int codes = Codes,
        int levels = Levels)
    {
        var random = new Random(seed + name.Length);
        var factors = LayerFactors.Of(name, rank, Values(random, outputs * rank), Values(random, rank * inputs), hasBias);
        return hasLevels ? factors.WithLevels(codes, Values(random, codes * levels * factors.CoreLength)) : factors;
    }

    public static SafetensorsWriter Writer(ParameterFactors factors)
    {
        var writer = new SafetensorsWriter();
        factors.Write(writer);
        return writer;
    }

    public static SafetensorsFile File(SafetensorsWriter writer) =>
        SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault) ? file : throw new InvalidOperationException(fault);

    public static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
