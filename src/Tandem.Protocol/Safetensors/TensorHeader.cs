using System.Collections.Immutable;

namespace Tandem.Protocol.Safetensors;

/// <summary>One tensor as the header declares it.</summary>
/// <param name="Name">Name within the file.</param>
/// <param name="Type">Type of one element.</param>
/// <param name="Shape">Length of each dimension, outermost first; empty for a scalar.</param>
/// <param name="Begin">Its first byte, from the start of the data.</param>
/// <param name="End">One past its last byte.</param>
public readonly record struct TensorHeader(string Name, TensorType Type, ImmutableArray<int> Shape, long Begin, long End)
{
    /// <summary>Bytes from begin to end.</summary>
    public long SizeBytes => End - Begin;

    /// <summary>Bytes that the shape and type need, or null where the product leaves 64 bits.</summary>
    internal long? NeededBytes
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
