namespace Tandem.Device.Items;

/// <summary>A user's vector, ready to score rows of any storage.</summary>
/// <param name="width">D.</param>
internal sealed class ItemQuery(int width)
{
    private readonly float[] _values = new float[width];
    private readonly short[] _quantised = new short[width];

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => _values.LongLength * sizeof(float) + _quantised.LongLength * sizeof(short);

    /// <summary>[D].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>[D] the same in steps of <see cref="Scale"/>.</summary>
    public ReadOnlySpan<short> Quantised => _quantised;

    /// <summary>One step of <see cref="Quantised"/>.</summary>
    public float Scale { get; private set; }

    /// <param name="output">[D].</param>
    public void Set(ReadOnlySpan<float> output)
    {
        output.CopyTo(_values);
        Scale = Kernels.Int8Rows.QuantiseQuery(output, _quantised);
    }
}
