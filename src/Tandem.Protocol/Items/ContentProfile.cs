namespace Tandem.Protocol.Items;

/// <summary>
/// What a user's last items are like: β m / ‖m‖ with m = Σ_k ρ^k e(h_k), whose inner product with an item's vector is what the content
/// adds to its score. Sums are made from the newest event to the oldest. Allocates nothing after construction; not for use by two threads
/// at once.
/// </summary>
public sealed class ContentProfile
{
    private readonly float[] _weights;  // [Recent]: ρ^k
    private readonly float _scale;      // β
    private readonly float[] _vector;   // [d]

    /// <param name="join">Of the content.</param>
    public ContentProfile(ContentJoin join)
    {
        (_weights, _scale, _vector) = (new float[join.Recent], (float)join.Weight, new float[join.Width]);
        for (var k = 0; k < _weights.Length; k++) _weights[k] = (float)Math.Pow(join.RecencyDecay, k);
    }

    /// <summary>Most events that are read.</summary>
    public int Recent => _weights.Length;

    /// <summary>[d] after <see cref="Finish"/>.</summary>
    public ReadOnlySpan<float> Vector => _vector;

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => (_weights.LongLength + _vector.LongLength) * sizeof(float);

    /// <summary>Begins anew.</summary>
    public void Clear() => Array.Clear(_vector);

    /// <summary>Adds an event.</summary>
    /// <param name="row">[d] of its item.</param>
    /// <param name="age">Events after it, 0 … <see cref="Recent"/> − 1.</param>
    public void Add(ReadOnlySpan<float> row, int age)
    {
        var weight = _weights[age];
        for (var i = 0; i < _vector.Length; i++) _vector[i] += weight * row[i];
    }

    /// <summary>Gives the sum its length β; a sum of zeros stays one.</summary>
    /// <returns>False for a sum of zeros: nothing is known of what the items are like.</returns>
    public bool Finish()
    {
        double squares = 0;
        foreach (var value in _vector) squares += (double)value * value;
        if (squares <= 0) return false;
        var factor = (float)(_scale / Math.Sqrt(squares));
        for (var i = 0; i < _vector.Length; i++) _vector[i] *= factor;
        return true;
    }
}
