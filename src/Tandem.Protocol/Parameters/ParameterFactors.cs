using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Parameters;

/// <summary>
/// What all users share of their personal weights, shipped once with a bundle as <c>parameters.safetensors</c>: a packet then brings a
/// core of R × (R + 1) numbers for a layer, or one byte for each of M codes. Checked when it is made, and never changes.
/// </summary>
/// <remarks>
/// As tensors, for each layer: <c>LAYER.up</c> [O, R] F32, <c>LAYER.down</c> [R, I] F32, and <c>LAYER.levels</c> [M, K, R, C] F16, whose
/// last axis tells whether the bias changes too (C = R + 1) or not (C = R); without codes M = K = 0. F16 and F32 are read alike. Metadata:
/// <c>maxNorm</c>. Shared factors around a small core that is one's own are those of LoRA-XS (arXiv 2405.17604).
/// </remarks>
public sealed class ParameterFactors
{
    /// <summary>4: weights three times as great as those shipped still pass, whatever their direction.</summary>
    public const double DefaultMaxNorm = 4;

    private const string MaxNormKey = "maxNorm";
    private const int HashDigits = 16;

    private static readonly string[] _suffixes = [".up", ".down", ".levels"];

    private readonly LayerFactors[] _layers;

    /// <summary>Puts the factors of layers together.</summary>
    /// <param name="layers">1 or more, of distinct names, with as many codes and levels each.</param>
    /// <param name="maxNorm">See <see cref="MaxNorm"/>. Default: <see cref="DefaultMaxNorm"/>.</param>
    /// <exception cref="ArgumentException">The layers do not fit together, or the norm is not finite and above 0.</exception>
    public ParameterFactors(IReadOnlyList<LayerFactors> layers, double maxNorm = DefaultMaxNorm)
    {
        ArgumentNullException.ThrowIfNull(layers);
        _layers = [.. layers.OrderBy(layer => layer.Name, StringComparer.Ordinal)];
        MaxNorm = maxNorm;
        if (FaultOf(_layers, maxNorm) is { } fault) throw new ArgumentException(fault, nameof(layers));
        var writer = new SafetensorsWriter();
        Write(writer);
        Hash = Convert.ToHexStringLower(SHA256.HashData(writer.ToArray()))[..HashDigits];
    }

    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<LayerFactors> Layers => _layers;

    /// <summary>M: codes of a user, the same for all layers; 0 where there are no levels.</summary>
    public int CodeCount => _layers[0].CodeCount;

    /// <summary>K: levels that a code chooses from, the same for all layers; 0 where there are none.</summary>
    public int LevelCount => _layers[0].LevelCount;

    /// <summary>
    /// Greatest ‖ΔW‖ / ‖W‖ of a packet in a layer, by Frobenius norms, and greatest ‖Δb‖ / ‖W‖, W being the shipped weights; above 0.
    /// Packets beyond are refused.
    /// </summary>
    public double MaxNorm { get; }

    /// <summary>
    /// Names these factors: the first 16 hexadecimal digits of the SHA-256 of the file that <see cref="Write"/> makes. Packets carry it.
    /// </summary>
    public string Hash { get; }

    /// <summary>The factors of a layer; null where it has none.</summary>
    /// <param name="layer">Its name in the bundle, without <c>.weight</c>.</param>
    public LayerFactors? Find(string layer) => Array.Find(_layers, factors => factors.Name == layer);

    /// <summary>Adds tensors and metadata to a file.</summary>
    public void Write(SafetensorsWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var layer in _layers) layer.Write(writer);
        writer.Metadata[MaxNormKey] = MaxNorm.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="Write"/> wrote. Never throws, whatever the file holds.</summary>
    /// <param name="file">Not trusted; copied from.</param>
    /// <param name="factors">Null where they are refused.</param>
    /// <param name="fault">Why.</param>
    public static bool TryRead(
        SafetensorsFile file, [NotNullWhen(true)] out ParameterFactors? factors, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(file);
        (factors, fault) = (null, null);
        try
        {
            var maxNorm = DefaultMaxNorm;
            if (file.Metadata.TryGetValue(MaxNormKey, out var text)
                && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out maxNorm))
            {
                throw new SafetensorsException($"{MaxNormKey} is {FaultText.Quote(text)}, expected a number");
            }

            var layers = LayersOf(file).Order(StringComparer.Ordinal).Select(layer => LayerFactors.Read(file, layer)).ToArray();
            fault = FaultOf(layers, maxNorm);
            if (fault is null) factors = new(layers, maxNorm);
            return factors is not null;
        }
        catch (SafetensorsException e)
        {
            fault = e.Message;
            return false;
        }
    }

    private static IEnumerable<string> LayersOf(SafetensorsFile file) => file.Tensors.Keys.Select(name =>
    {
        var suffix = Array.Find(_suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
        return suffix is not null && name.Length > suffix.Length
            ? name[..^suffix.Length]
            : throw new SafetensorsException(
                $"tensor {FaultText.Quote(name)} is no factor, expected names with {string.Join(", ", _suffixes)}");
    }).Distinct(StringComparer.Ordinal);

    /// <param name="layers">In the order of their names.</param>
    /// <param name="maxNorm">See <see cref="MaxNorm"/>.</param>
    private static string? FaultOf(LayerFactors[] layers, double maxNorm)
    {
        if (layers.Length == 0) return "there are factors of no layer; give those of one at least";
        if (!(maxNorm > 0 && double.IsFinite(maxNorm))) return $"the greatest norm is {maxNorm}, expected a finite number above 0";
        for (var i = 1; i < layers.Length; i++)
        {
            var (layer, before) = (layers[i], layers[i - 1]);
            if (layer.Name == before.Name) return $"layer {FaultText.Quote(layer.Name)} has factors twice; give them once";
            if (layer.CodeCount != before.CodeCount || layer.LevelCount != before.LevelCount)
            {
                return $"layer {FaultText.Quote(layer.Name)} has {layer.CodeCount} codes of {layer.LevelCount} levels, others "
                    + $"{before.CodeCount} of {before.LevelCount}; one user's codes are for all layers";
            }
        }

        return null;
    }
}
