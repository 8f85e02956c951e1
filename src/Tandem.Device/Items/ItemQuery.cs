namespace Tandem.Device.Items;

/// <summary>A user's vector, ready to score rows of any storage.</summary>
/// <param name="width">D.</param>
internal sealed class ItemQuery(int width)
{
    private readonly float[] _values = new float[width];
    private readonly float[] _raised = new float[width];
    private readonly short[] _quantised = new short[width];

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => 2 * _values.LongLength * sizeof(float) + _quantised.LongLength * sizeof(short);

    /// <summary>[D].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>[D] the same in steps of <see cref="Scale"/>.</summary>
    public ReadOnlySpan<short> Quantised => _quantised;

    /// <summary>One step of <see cref="Quantised"/>.</summary>
    public float Scale { get; private set; }

    /// <summary>[D] times 2¹¹² where <see cref="IsRaised"/>, for rows of float16.</summary>
    public ReadOnlySpan<float> ForFp16 => IsRaised ? _raised : _values;

    /// <summary>False for numbers that are too great to be raised.</summary>
    public bool IsRaised { get; private set; }

    /// <param name="output">[D].</param>
    public void Set(ReadOnlySpan<float> output)
    {
        output.CopyTo(_values);
        IsRaised = Kernels.Fp16Rows.TryRaise(output, _raised);
        Scale = Kernels.Int8Rows.QuantiseQuery(output, _quantised);
    }
}
