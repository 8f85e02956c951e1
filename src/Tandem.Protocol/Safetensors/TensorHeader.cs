using System.Collections.Immutable;

namespace Tandem.Protocol.Safetensors;

/// <summary>One tensor as the header declares it, its offsets in bytes from the start of the data.</summary>
internal readonly record struct TensorHeader(string Name, TensorType Type, ImmutableArray<int> Shape, long Begin, long End)
{
    /// <summary>Bytes that the shape and type need, or null where the product leaves 64 bits.</summary>
    public long? NeededBytes
    {
        get
        {
            long elements = 1;
            foreach (var dim in Shape)
            {
                // A later zero does not excuse an overflow: the reference implementation multiplies in this order too.
                if (dim > 0 && elements > long.MaxValue / dim) return null;
                elements *= dim;
            }

            var sizeBytes = Type.SizeBytes();
            return elements > long.MaxValue / sizeBytes ? null : elements * sizeBytes;
        }
    }
}
