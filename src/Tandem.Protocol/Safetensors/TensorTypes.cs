namespace Tandem.Protocol.Safetensors;

/// <summary>What the format says of each <see cref="TensorType"/>: its name in the header, its size, its place in the file.</summary>
internal static class TensorTypes
{
    /// <summary>The reference implementation's order, by alignment; files hold the types from the end of this list to its start.</summary>
    private static readonly TensorType[] _ascending =
    [
        TensorType.U8, TensorType.I8, TensorType.U16, TensorType.F16, TensorType.BF16,
        TensorType.I32, TensorType.F32, TensorType.F64, TensorType.I64,
    ];

    public static string FormatName(this TensorType type) => type switch
    {
        TensorType.F32 => "F32",
        TensorType.F16 => "F16",
        TensorType.BF16 => "BF16",
        TensorType.F64 => "F64",
        TensorType.I8 => "I8",
        TensorType.U8 => "U8",
        TensorType.U16 => "U16",
        TensorType.I32 => "I32",
        TensorType.I64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a tensor type"),
    };

    public static int SizeBytes(this TensorType type) => type switch
    {
        TensorType.I8 or TensorType.U8 => 1,
        TensorType.U16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F64 or TensorType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a tensor type"),
    };

    /// <summary>Higher ranks come first in a file, so that every tensor starts aligned to its element.</summary>
    public static int AlignmentRank(this TensorType type) => Array.IndexOf(_ascending, type);

    public static bool TryParse(string? formatName, out TensorType type)
    {
        foreach (var candidate in _ascending)
        {
            if (candidate.FormatName() == formatName)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>The type stored for <typeparamref name="T"/>, or null where the format has none. Folds to a constant.</summary>
    public static TensorType? Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return TensorType.F32;
        if (typeof(T) == typeof(Half)) return TensorType.F16;
        if (typeof(T) == typeof(double)) return TensorType.F64;
        if (typeof(T) == typeof(sbyte)) return TensorType.I8;
        if (typeof(T) == typeof(byte)) return TensorType.U8;
        if (typeof(T) == typeof(ushort)) return TensorType.U16;
        if (typeof(T) == typeof(int)) return TensorType.I32;
        if (typeof(T) == typeof(long)) return TensorType.I64;
        return null;
    }
}
