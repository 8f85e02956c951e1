namespace Tandem.Protocol.Safetensors;

/// <summary>Element type of a stored tensor, named as in the safetensors format. All are stored little-endian.</summary>
public enum TensorType
{
    /// <summary>IEEE float, 4 bytes; <see cref="float"/>.</summary>
    F32,

    /// <summary>IEEE float, 2 bytes; <see cref="Half"/>.</summary>
    F16,

    /// <summary>Brain float, 2 bytes: the upper half of a <see cref="float"/>. .NET 10 has no type for it.</summary>
    BF16,

    /// <summary>IEEE float, 8 bytes; <see cref="double"/>.</summary>
    F64,

    /// <summary>Signed integer, 1 byte; <see cref="sbyte"/>.</summary>
    I8,

    /// <summary>Unsigned integer, 1 byte; <see cref="byte"/>.</summary>
    U8,

    /// <summary>Unsigned integer, 2 bytes; <see cref="ushort"/>.</summary>
    U16,

    /// <summary>Signed integer, 4 bytes; <see cref="int"/>.</summary>
    I32,

    /// <summary>Signed integer, 8 bytes; <see cref="long"/>.</summary>
    I64,
}
