using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Parameters;

/// <summary>
/// What all users share of a linear layer's personal change: ΔW = U S V and Δb = U c, where a packet brings the core [S | c], or codes
/// that name levels whose sum it is. Checked when it is made, and never changes.
/// </summary>
public sealed class LayerFactors
{
    /// <summary>K: most levels of a code, which is one byte.</summary>
    public const int MostLevels = 256;

    private readonly float[] _up;       // [O, R]
    private readonly float[] _down;     // [R, I]
    private readonly Half[] _levels;    // [M, K, R, C]

    private LayerFactors(string name, int rank, float[] up, float[] down, bool hasBias, int codes, Half[] levels)
    {
        (Name, Rank, HasBias, CodeCount) = (name, rank, hasBias, codes);
        (_up, _down, _levels) = (up, down, levels);
    }

    /// <summary>The layer's name in the bundle, without <c>.weight</c>.</summary>
    public string Name { get; }

    /// <summary>O: outputs of the layer.</summary>
    public int Outputs => _up.Length / Rank;

    /// <summary>I: inputs of the layer.</summary>
    public int Inputs => _down.Length / Rank;

    /// <summary>R, at most O and I.</summary>
    public int Rank { get; }

    /// <summary>True where the layer has a bias, and the core a column c for its change.</summary>
    public bool HasBias { get; }

    /// <summary>C: columns of the core, R + 1 with a bias and R without.</summary>
    public int CoreColumns => HasBias ? Rank + 1 : Rank;

    /// <summary>R · C: elements of the core.</summary>
    public int CoreLength => Rank * CoreColumns;

    /// <summary>M: codes of a user; 0 where there are no levels.</summary>
    public int CodeCount { get; }

    /// <summary>K: levels that a code chooses from, at most <see cref="MostLevels"/>; 0 where there are none.</summary>
    public int LevelCount => CodeCount == 0 ? 0 : _levels.Length / CoreLength / CodeCount;

    /// <summary>U, [O, R] row-major.</summary>
    public ReadOnlyMemory<float> Up => _up;

    /// <summary>V, [R, I] row-major.</summary>
    public ReadOnlyMemory<float> Down => _down;

    /// <summary>[M, K, R, C] row-major; empty where there are none.</summary>
    public ReadOnlyMemory<Half> Levels => _levels;

    /// <summary>Factors without levels.</summary>
    /// <param name="name">The layer's name in the bundle, without <c>.weight</c>.</param>
    /// <param name="rank">R, at most O and I.</param>
    /// <param name="up">U, [O, R] row-major, finite.</param>
    /// <param name="down">V, [R, I] row-major, finite.</param>
    /// <param name="hasBias">True where the layer has a bias that is to change too.</param>
    /// <exception cref="ArgumentException">The name is empty, a size does not fit, or a value is not finite.</exception>
    public static LayerFactors Of(string name, int rank, ReadOnlySpan<float> up, ReadOnlySpan<float> down, bool hasBias)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (rank < 1 || up.IsEmpty || up.Length % rank != 0)
            throw new ArgumentException($"{up.Length} values in rows of {rank}; give whole rows of 1 or more", nameof(up));
        if (down.IsEmpty || down.Length % rank != 0)
            throw new ArgumentException($"{down.Length} values in {rank} rows; give whole rows", nameof(down));
        return Checked(new(name, rank, up.ToArray(), down.ToArray(), hasBias, codes: 0, levels: []));
    }

    /// <summary>The same factors with levels, which are rounded to float16.</summary>
    /// <param name="codes">M, 1 or more.</param>
    /// <param name="levels">[M, K, R, C] row-major, finite in float16.</param>
    /// <exception cref="ArgumentException">There are no whole levels of as many for each code, or a value is not finite.</exception>
    public LayerFactors WithLevels(int codes, ReadOnlySpan<float> levels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codes, 1);
        var each = (long)codes * CoreLength;
        if (levels.IsEmpty || levels.Length % each != 0)
            throw new ArgumentException($"{levels.Length} values for {codes} codes of {CoreLength} each; give whole ones", nameof(levels));
        return Checked(new(Name, Rank, _up, _down, HasBias, codes, Rounded(levels)));
    }

    /// <summary>The core that codes stand for: Σ_m levels[m, code m], in float32 and in the order of the codes.</summary>
    /// <param name="codes">[M], below K each.</param>
    /// <param name="core">[R, C] receives it.</param>
    /// <exception cref="ArgumentException">A length does not fit, or there is no such level.</exception>
    public void ReadCore(ReadOnlySpan<byte> codes, Span<float> core)
    {
        if (codes.Length != CodeCount) throw new ArgumentException($"{codes.Length} codes, expected {CodeCount}", nameof(codes));
        if (core.Length != CoreLength) throw new ArgumentException($"a core of {core.Length}, expected {CoreLength}", nameof(core));
        var K = LevelCount;
        core.Clear();
        for (var m = 0; m < codes.Length; m++)
        {
            if (codes[m] >= K) throw new ArgumentException($"code {m} is {codes[m]}, expected 0 to {K - 1}", nameof(codes));
            var level = _levels.AsSpan((m * K + codes[m]) * CoreLength, CoreLength);
            for (var i = 0; i < core.Length; i++) core[i] += (float)level[i];
        }
    }

    /// <summary>Reads the tensors of one layer.</summary>
    /// <param name="file">Not trusted.</param>
    /// <param name="name">Of the layer.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, or has another type, shape or value than factors have.</exception>
    internal static LayerFactors Read(SafetensorsFile file, string name)
    {
        var (up, down, levels) = (Take(file, UpName(name), 2), Take(file, DownName(name), 2), Take(file, LevelsName(name), 4));
        var (rank, codes) = (up.Shape[1], levels.Shape[0]);
        var columns = levels.Shape[3];
        if (down.Shape[0] != rank || levels.Shape[2] != rank || (columns != rank && columns != (long)rank + 1))
        {
            throw new SafetensorsException(
                $"factors of {FaultText.Quote(name)} are {FaultText.Shape(up.Shape.AsSpan())}, {FaultText.Shape(down.Shape.AsSpan())} and "
                + $"{FaultText.Shape(levels.Shape.AsSpan())}, expected [O, R], [R, I] and [M, K, R, R + 1 or R]");
        }

        if ((codes == 0) != (levels.Shape[1] == 0) || up.Length == 0 || down.Length == 0)
            throw new SafetensorsException($"factors of {FaultText.Quote(name)} have an axis of 0");
        var factors = new LayerFactors(
            name, rank, up.ToSingles(), down.ToSingles(), columns > rank, codes,
            levels.Holds<Half>() ? levels.As<Half>().ToArray() : Rounded(levels.As<float>()));
        return factors.Fault() is { } fault ? throw new SafetensorsException($"{fault}") : factors;
    }

    internal void Write(SafetensorsWriter writer)
    {
        writer.Add<float>(UpName(Name), _up, Outputs, Rank);
        writer.Add<float>(DownName(Name), _down, Rank, Inputs);
        writer.Add<Half>(LevelsName(Name), _levels, CodeCount, LevelCount, Rank, CoreColumns);
    }

    internal static string UpName(string layer) => layer + ".up";

    internal static string DownName(string layer) => layer + ".down";

    internal static string LevelsName(string layer) => layer + ".levels";

    private static LayerFactors Checked(LayerFactors factors) =>
        factors.Fault() is { } fault ? throw new ArgumentException(fault) : factors;

    /// <summary>What is wrong beside the shapes, or null.</summary>
    private string? Fault()
    {
        // A greater rank says nothing more, and a core of R² would outgrow the factors that were given.
        if (Rank > Math.Min(Outputs, Inputs)) return $"factors of '{Name}' have rank {Rank}, expected at most {Math.Min(Outputs, Inputs)}";
        if (LevelCount > MostLevels) return $"codes of '{Name}' have {LevelCount} levels, expected at most {MostLevels}";
        foreach (var value in _up) if (!float.IsFinite(value)) return NotFinite("U");
        foreach (var value in _down) if (!float.IsFinite(value)) return NotFinite("V");
        foreach (var value in _levels) if (!Half.IsFinite(value)) return NotFinite("a level");
        return null;
    }

    private string NotFinite(string what) => $"{what} of '{FaultText.Shorten(Name)}' has a value that is not finite";

    private static Half[] Rounded(ReadOnlySpan<float> values)
    {
        var rounded = new Half[values.Length];
        for (var i = 0; i < rounded.Length; i++) rounded[i] = (Half)values[i];
        return rounded;
    }

    private static TensorEntry Take(SafetensorsFile file, string name, int axes)
    {
        if (!file.Tensors.TryGetValue(name, out var tensor)) throw SafetensorsException.Missing(name, [.. file.Tensors.Keys]);
        if (tensor.Shape.Length == axes && tensor.Type is TensorType.F32 or TensorType.F16) return tensor;
        throw new SafetensorsException(
            $"tensor {FaultText.Quote(name)} is {tensor.Type} {FaultText.Shape(tensor.Shape.AsSpan())}, expected F32 or F16 of "
            + $"{axes} axes");
    }
}
