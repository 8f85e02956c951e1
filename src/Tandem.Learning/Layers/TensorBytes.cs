using Tandem.Protocol.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// Tensors of any float type, layout and device from and to the bytes of safetensors. Types that differ are converted by Torch: exact
/// to a wider one, rounded to nearest, ties to even, to a narrower one. Equal types go over by their bits.
/// </summary>
internal static class TensorBytes
{
    /// <summary>Elements that are converted at a time: enough for the disk, few enough for any memory.</summary>
    private const int PieceElements = 1 << 22;

    /// <summary>Whether a stored type is one of those that <see cref="TypeOf(TensorType)"/> knows.</summary>
    public static bool IsFloat(TensorType stored) => stored is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F64;

    /// <summary>Torch's name of a stored float type.</summary>
    /// <exception cref="SafetensorsException">It is no float type.</exception>
    public static ScalarType TypeOf(TensorType stored) => stored switch
    {
        TensorType.F32 => ScalarType.Float32,
        TensorType.F16 => ScalarType.Float16,
        TensorType.BF16 => ScalarType.BFloat16,
        TensorType.F64 => ScalarType.Float64,
        _ => throw new SafetensorsException($"{stored} holds no floating-point values; expected F32, F16, BF16 or F64"),
    };

    /// <summary>The type by which a tensor is stored to the bit.</summary>
    /// <exception cref="SafetensorsException">It is of no float type.</exception>
    public static TensorType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => TensorType.F32,
        ScalarType.Float16 => TensorType.F16,
        ScalarType.BFloat16 => TensorType.BF16,
        ScalarType.Float64 => TensorType.F64,
        _ => throw new SafetensorsException($"{type} is no floating-point type; expected Float32, Float16, BFloat16 or Float64"),
    };

    /// <summary>Fills a tensor with stored elements.</summary>
    /// <param name="target">Of a float type; a leaf of autograd may be filled, and nothing is recorded.</param>
    /// <param name="stored">Type of the stored elements, row-major and as many as the target's.</param>
    /// <param name="read">Copies bytes from an offset into a span that it fills.</param>
    public static void Fill(Tensor target, TensorType stored, ReadStored read)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var type = TypeOf(stored);
        var whole = target.is_contiguous() ? target.detach() : empty(target.shape, dtype: target.dtype, device: target.device);
        var flat = whole.view(-1);
        var sizeBytes = stored == TensorType.F64 ? 8 : stored == TensorType.F32 ? 4 : 2;
        var inPlace = type == target.dtype && target.device.type == DeviceType.CPU;
        var staging = inPlace ? null : empty(Math.Min(PieceElements, flat.numel()), dtype: type);
        for (long start = 0; start < flat.numel(); start += PieceElements)
        {
            var count = Math.Min(PieceElements, flat.numel() - start);
            using var piece = flat.narrow(0, start, count);
            using var source = staging?.narrow(0, 0, count);
            read(start * sizeBytes, (source ?? piece).bytes);
            if (source is not null) piece.copy_(source);
        }

        if (!target.is_contiguous()) target.detach().copy_(whole);
    }

    /// <summary>Whether all elements are numbers; looked at by pieces, for a tensor may fill most of the memory.</summary>
    /// <param name="values">Of a float type.</param>
    public static bool AreFinite(Tensor values)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var flat = values.detach().reshape(-1);
        for (long start = 0; start < flat.numel(); start += PieceElements)
        {
            using var piece = flat.narrow(0, start, Math.Min(PieceElements, flat.numel() - start)).isfinite().all();
            if (!piece.item<bool>()) return false;
        }

        return true;
    }

    /// <summary>Fills a tensor with the elements of a safetensors tensor in memory.</summary>
    /// <param name="target">Of a float type, with as many elements.</param>
    /// <param name="entry">What is stored.</param>
    public static void Fill(Tensor target, TensorEntry entry) =>
        Fill(target, entry.Type, (offset, destination) => entry.Bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination));

    /// <summary>A tensor's elements as they are stored, row-major.</summary>
    /// <param name="source">Of a float type.</param>
    /// <param name="stored">Type of the bytes; at most <see cref="Array.MaxLength"/> of them.</param>
    public static byte[] Of(Tensor source, TensorType stored)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return source.detach().to(TypeOf(stored)).cpu().contiguous().bytes.ToArray();
    }
}

/// <summary>Copies stored bytes.</summary>
/// <param name="offset">From the first byte of the tensor.</param>
/// <param name="destination">To be filled whole.</param>
internal delegate void ReadStored(long offset, Span<byte> destination);
