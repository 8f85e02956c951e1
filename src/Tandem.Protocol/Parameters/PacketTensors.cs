using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Parameters;

/// <summary>The tensors of a <see cref="ParameterPacket"/>: their names, how they are written, and which form they make.</summary>
public static class PacketTensors
{
    /// <summary>[M] U8: the user's codes.</summary>
    public const string CodesName = "codes";

    private const string CoreSuffix = ".core";
    private const string ScaleSuffix = ".scale";
    private const string PlanSuffix = ".plan";

    /// <summary>Name of a layer's core, [R, C] F16, F32 or BF16.</summary>
    /// <param name="layer">Its name in the bundle, without <c>.weight</c>.</param>
    public static string CoreName(string layer) => layer + CoreSuffix;

    /// <summary>Name of a layer's plan of precision, [⌈O / 4⌉] U8, see <see cref="PrecisionPlan"/>.</summary>
    /// <param name="layer">Its name in the bundle, without <c>.weight</c>.</param>
    public static string PlanName(string layer) => layer + PlanSuffix;

    /// <summary>Name of the scales, [O] F32, of a matrix in rows of int8.</summary>
    /// <param name="matrix">Its name in the bundle.</param>
    public static string ScaleName(string matrix) => matrix + ScaleSuffix;

    /// <summary>Adds a layer's core as float16, half the bytes of float32.</summary>
    /// <param name="writer">Of the packet.</param>
    /// <param name="factors">Of the layer.</param>
    /// <param name="core">[R, C] row-major, [S | c] or S.</param>
    /// <exception cref="ArgumentException">The core has another size, or a value is not finite in float16.</exception>
    public static void AddCore(SafetensorsWriter writer, LayerFactors factors, ReadOnlySpan<float> core)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(factors);
        if (core.Length != factors.CoreLength)
            throw new ArgumentException($"a core of {core.Length} for '{factors.Name}', expected {factors.CoreLength}", nameof(core));
        var halves = new Half[core.Length];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)core[i];
            if (!Half.IsFinite(halves[i]))
                throw new ArgumentException($"value {core[i]} of the core of '{factors.Name}' is not finite in float16", nameof(core));
        }

        writer.Add<Half>(CoreName(factors.Name), halves, factors.Rank, factors.CoreColumns);
    }

    /// <summary>Adds a user's codes.</summary>
    /// <param name="writer">Of the packet.</param>
    /// <param name="codes">[M].</param>
    public static void AddCodes(SafetensorsWriter writer, ReadOnlySpan<byte> codes)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(CodesName, codes, codes.Length);
    }

    /// <summary>Adds a layer's plan of precision.</summary>
    /// <param name="writer">Of the packet.</param>
    /// <param name="layer">Its name in the bundle, without <c>.weight</c>.</param>
    /// <param name="choices">[O] a place among <see cref="PrecisionPlan.Bits"/> for each row of its matrix.</param>
    /// <exception cref="ArgumentException">There are none, or one is no such place.</exception>
    public static void AddPlan(SafetensorsWriter writer, string layer, ReadOnlySpan<byte> choices)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentException.ThrowIfNullOrWhiteSpace(layer);
        var plan = PrecisionPlan.Pack(choices);
        writer.Add<byte>(PlanName(layer), plan, plan.Length);
    }

    /// <summary>Adds a whole matrix as rows of int8 with a scale each, a quarter of the bytes of float32.</summary>
    /// <param name="writer">Of the packet.</param>
    /// <param name="name">Of the matrix in the bundle.</param>
    /// <param name="values">[O, I] row-major, finite.</param>
    /// <param name="outputs">O.</param>
    /// <exception cref="ArgumentException">There are no whole rows, or a value is not finite.</exception>
    public static void AddRows(SafetensorsWriter writer, string name, ReadOnlySpan<float> values, int outputs)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (values.IsEmpty || values.Length % outputs != 0)
            throw new ArgumentException($"{values.Length} values in {outputs} rows; give whole rows", nameof(values));
        var I = values.Length / outputs;
        var (codes, scales) = (new sbyte[values.Length], new float[outputs]);
        for (var o = 0; o < outputs; o++)
            scales[o] = Int8Quantisation.Quantise(values.Slice(o * I, I), codes.AsSpan(o * I, I));
        writer.Add<sbyte>(name, codes, outputs, I);
        writer.Add<float>(ScaleName(name), scales, outputs);
    }

    /// <summary>True where rows of int8 belong to the scales of that name, so that they are no tensor of their own.</summary>
    internal static bool IsScale(SafetensorsFile file, string name) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal)
        && file.Tensors.TryGetValue(name[..^ScaleSuffix.Length], out var rows) && rows.Holds<sbyte>();

    /// <summary>The form that tensors make, and what is wrong with them in themselves, or null.</summary>
    internal static string? FaultOf(SafetensorsFile file, out ParameterForm form)
    {
        var (cores, plans) = (file.Tensors.Keys.Count(IsCore), file.Tensors.Keys.Count(IsPlan));
        (form, var own, var what) = file.Tensors.ContainsKey(CodesName) ? (ParameterForm.Codes, 1, "codes")
            : cores > 0 ? (ParameterForm.LowRank, cores, "cores")
            : plans > 0 ? (ParameterForm.Plan, plans, "plans")
            : (ParameterForm.Full, file.Tensors.Count, "");
        if (own < file.Tensors.Count) return $"the packet mixes {what} with other tensors; send one form";
        foreach (var tensor in file.Tensors.Values)
        {
            var fault = form switch
            {
                ParameterForm.Codes => CodesFault(tensor),
                ParameterForm.LowRank => CoreFault(tensor),
                ParameterForm.Plan => PlanFault(tensor),
                _ => FullFault(file, tensor),
            };
            if (fault is not null) return $"tensor {FaultText.Quote(tensor.Name)} {fault}";
        }

        return null;
    }

    /// <summary>The layer of a core.</summary>
    internal static string LayerOf(string core) => core[..^CoreSuffix.Length];

    /// <summary>The layer of a plan.</summary>
    internal static string LayerOfPlan(string plan) => plan[..^PlanSuffix.Length];

    private static bool IsCore(string name) => Ends(name, CoreSuffix);

    private static bool IsPlan(string name) => Ends(name, PlanSuffix);

    private static bool Ends(string name, string suffix) => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal);

    private static string? CodesFault(TensorEntry tensor) => tensor.Holds<byte>() && tensor.Shape is [> 0]
        ? null
        : $"is {Described(tensor)}, expected U8 [M], a byte for each code";

    private static string? PlanFault(TensorEntry tensor) => tensor.Holds<byte>() && tensor.Shape is [> 0]
        ? null
        : $"is {Described(tensor)}, expected U8 [⌈O / 4⌉], two bits for each row";

    private static string? CoreFault(TensorEntry tensor) =>
        tensor.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16 && tensor.Shape is [> 0, _]
        && (tensor.Shape[1] == tensor.Shape[0] || tensor.Shape[1] == tensor.Shape[0] + 1L)
            ? null
            : $"is {Described(tensor)}, expected F16, F32 or BF16 [R, R + 1], or [R, R] of a layer without bias";

    private static string? FullFault(SafetensorsFile file, TensorEntry tensor)
    {
        if (!tensor.Holds<sbyte>()) return null;
        if (tensor.Shape is not [> 0, > 0]) return $"is {Described(tensor)}, expected rows [O, I] of int8";
        if (tensor.As<sbyte>().Contains(sbyte.MinValue)) return $"has a code {sbyte.MinValue}, expected −127 to 127";
        if (!file.Tensors.TryGetValue(ScaleName(tensor.Name), out var scales) || !scales.Holds<float>()
            || scales.Shape is not [var rows] || rows != tensor.Shape[0])
        {
            return $"has no scales '{ScaleSuffix}' F32 [{tensor.Shape[0]}], one for each row of int8";
        }

        return scales.As<float>().ContainsAnyExceptInRange(0, Int8Quantisation.GreatestScale)
            ? $"has a scale that is not 0 to {Int8Quantisation.GreatestScale}"
            : null;
    }

    private static string Described(TensorEntry tensor) => $"{tensor.Type} {FaultText.Shape(tensor.Shape.AsSpan())}";
}
