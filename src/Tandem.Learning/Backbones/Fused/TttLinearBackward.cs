using System.Numerics;
using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>
/// The gradient of <see cref="TttLinearForward"/>. Mini-batches are computed anew from their starting states, last to first.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TttLinearBackward<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TttLinearShape _shape;
    private readonly TttRotary<T> _rotary;
    private readonly TttLinearChunk<T> _chunk;
    private readonly T[] _dQ, _dK, _dZ, _dG, _written, _seen;  // [b, F]
    private readonly T[] _dA;                                  // [b, b]
    private readonly T[] _dRates;                              // [b]
    private readonly T[] _transposed, _carriedTransposed;      // [F, F]
    private readonly T[] _carried;                             // dW′ and db′, then dW and db

    public TttLinearBackward(TttLinearShape shape, TttRotary<T> rotary)
    {
        (_shape, _rotary, _chunk) = (shape, rotary, new TttLinearChunk<T>(shape, rotary));
        var rows = shape.MiniBatch * shape.HeadWidth;
        (_dQ, _dK, _dZ, _dG, _written, _seen) = (new T[rows], new T[rows], new T[rows], new T[rows], new T[rows], new T[rows]);
        (_dA, _dRates) = (new T[shape.MiniBatch * shape.MiniBatch], new T[shape.MiniBatch]);
        (_transposed, _carriedTransposed, _carried) = (new T[shape.WeightSize], new T[shape.WeightSize], new T[shape.StateSize]);
    }

    /// <param name="x">What the forward pass read.</param>
    /// <param name="states">What it kept.</param>
    /// <param name="dAnswers">[B, T, D] what reaches the answers.</param>
    /// <param name="d">Gradients, zero at first.</param>
    public void Run(TttLinearTensors<T> x, ReadOnlySpan<T> states, ReadOnlySpan<T> dAnswers, TttLinearTensors<T> d)
    {
        for (var row = 0; row < _shape.Rows; row++)
        {
            for (var head = 0; head < _shape.Heads; head++) Scan(x, states, dAnswers, d, row, head);
        }
    }

    private void Scan(TttLinearTensors<T> x, ReadOnlySpan<T> states, ReadOnlySpan<T> dAnswers, TttLinearTensors<T> d, int row, int head)
    {
        var (F, square) = (_shape.HeadWidth, _shape.WeightSize);
        ReadOnlySpan<T> first = x.Weight.Slice(head * square, square);
        ReadOnlySpan<T> firstBias = x.Bias.Slice(head * F, F);
        for (var c = _shape.Chunks - 1; c >= 0; c--)
        {
            var flows = c + 1 < _shape.Chunks && _shape.Flows(c + 1);
            if (!flows) _carried.AsSpan().Clear();
            var starts = c == 0 || _shape.IsFrozen;
            var state = starts ? default : states.Slice(_shape.StateAt(row, head, c), _shape.StateSize);
            var W = starts ? first : state[..square];
            var b = starts ? firstBias : state[square..];
            _chunk.Load(x, row, head, c);
            _chunk.Evaluate(W, b, x.Gamma.Slice(head * F, F), x.Beta.Slice(head * F, F), x.Tau);
            SmallProducts<T>.Transpose(W, _transposed, F);
            Chunk(x, dAnswers[((row * _shape.Steps + c * _shape.MiniBatch) * _shape.Width + head * F)..], d, head, flows);
            Store(d, row, head, c);
            if (!starts) continue;
            SmallRows<T>.Add(_carried.AsSpan(0, square), d.Weight.Slice(head * square, square));
            SmallRows<T>.Add(_carried.AsSpan(square), d.Bias.Slice(head * F, F));
        }
    }

    /// <summary>One mini-batch: what reaches its steps, and in <c>_carried</c> what reaches the state it starts with.</summary>
    /// <param name="x">What the forward pass read.</param>
    /// <param name="dAnswers">From this head's part of the mini-batch's first step on.</param>
    /// <param name="d">γ, β and τ are added to.</param>
    /// <param name="head">Which head.</param>
    /// <param name="flows">True where a gradient reaches what the mini-batch wrote.</param>
    private void Chunk(TttLinearTensors<T> x, ReadOnlySpan<T> dAnswers, TttLinearTensors<T> d, int head, bool flows)
    {
        var (F, n) = (_shape.HeadWidth, _chunk.Count);
        var gamma = x.Gamma.Slice(head * F, F);
        var dGamma = d.Gamma.Slice(head * F, F);
        var dBeta = d.Beta.Slice(head * F, F);
        _dRates.AsSpan().Clear();
        Norm(dAnswers, gamma, dGamma, dBeta);
        SmallProducts<T>.Add(_dQ, _dZ, F, 1, _transposed, n, F, F);
        var dG = _dG.AsSpan(0, n * F);
        dG.Clear();
        SmallProducts<T>.Add(dG, _chunk.Minus, 1, n, _dZ, n, n, F);
        Meet(x.Tau, d.Tau);
        SmallProducts<T>.Add(_dQ, _dA, n, 1, _chunk.K, n, n, F);
        _dK.AsSpan().Clear();
        SmallProducts<T>.Add(_dK, _dA, 1, n, _chunk.Q, n, n, F);
        if (flows) Written(x.Tau, d.Tau);
        Collect(_chunk.Q, _dZ);
        for (var i = 0; i < n; i++)
        {
            var at = i * F;
            NormRows<T>.SecondOrder(
                dG.Slice(at, F), _chunk.G.AsSpan(at, F), _chunk.Rough.AsSpan(at, F), _chunk.R.AsSpan(at, F), _chunk.ZHat.AsSpan(at, F),
                _chunk.Scales[i], gamma, dGamma, dBeta);
        }

        SmallRows<T>.Add(_chunk.R.AsSpan(0, n * F), _dK);
        SmallProducts<T>.Add(_dK, dG, F, 1, _transposed, n, F, F);
        Collect(_chunk.K, dG);
    }

    /// <summary>From the answers to q and Z̄.</summary>
    private void Norm(ReadOnlySpan<T> dAnswers, ReadOnlySpan<T> gamma, Span<T> dGamma, Span<T> dBeta)
    {
        var F = _shape.HeadWidth;
        for (var i = 0; i < _chunk.Count; i++)
        {
            var own = dAnswers.Slice(i * _shape.Width, F);
            var hat = _chunk.ReadHat.AsSpan(i * F, F);
            var dZ = _dZ.AsSpan(i * F, F);
            own.CopyTo(_dQ.AsSpan(i * F));
            SmallRows<T>.AddProduct(own, hat, dGamma);
            SmallRows<T>.Add(own, dBeta);
            SmallRows<T>.Multiply(own, gamma, dZ);
            NormRows<T>.Backward(dZ, hat, _chunk.ReadScales[i]);
        }
    }

    /// <summary>From M to Q Kᵀ, λ and τ: dM_ik = −dZ̄ᵢ · G_k.</summary>
    private void Meet(ReadOnlySpan<T> tau, Span<T> dTau)
    {
        var (F, n) = (_shape.HeadWidth, _chunk.Count);
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                var dM = -SmallProducts<T>.Dot(_dZ.AsSpan(i * F, F), _chunk.G.AsSpan(k * F, F));
                var dH = dM * _chunk.Meetings[i * n + k];
                _dA[i * n + k] = dM * tau[i] * _chunk.Rates[k];
                _dRates[k] += dH * tau[i];
                dTau[i] += dH * _chunk.Rates[k];
            }

            _dA.AsSpan(i * n + i + 1, n - i - 1).Clear();
        }
    }

    /// <summary>Through W ← W − τ_n (diag(λ) K)ᵀ G and b ← b − τ_n λᵀ G, of which dW′ and db′ are in <c>_carried</c>.</summary>
    private void Written(ReadOnlySpan<T> tau, Span<T> dTau)
    {
        var (F, n, last) = (_shape.HeadWidth, _chunk.Count, tau[^1]);
        var dW = _carried.AsSpan(0, _shape.WeightSize);
        var db = _carried.AsSpan(_shape.WeightSize);
        SmallProducts<T>.Transpose(dW, _carriedTransposed, F);
        _written.AsSpan().Clear();
        SmallProducts<T>.Add(_written, _chunk.G, F, 1, _carriedTransposed, n, F, F);    // G dW′ᵀ
        for (var k = 0; k < n; k++) db.CopyTo(_seen.AsSpan(k * F));
        SmallProducts<T>.Add(_seen, _chunk.K, F, 1, dW, n, F, F);                       // K dW′ + 1 db′
        for (var k = 0; k < n; k++)
        {
            var written = _written.AsSpan(k * F, F);
            var seen = _seen.AsSpan(k * F, F);
            var rate = _chunk.Rates[k];
            var dH = -SmallProducts<T>.Dot(_chunk.G.AsSpan(k * F, F), seen);
            _dRates[k] += dH * last;
            dTau[^1] += dH * rate;
            var dK = _dK.AsSpan(k * F, F);
            var dG = _dG.AsSpan(k * F, F);
            SmallRows<T>.AddScaled(written, -last * rate, dK);
            SmallRows<T>.AddScaled(seen, -last * rate, dG);
        }
    }

    /// <summary>dW += Xᵀ dZ, db += Σ dZ.</summary>
    private void Collect(ReadOnlySpan<T> X, ReadOnlySpan<T> dZ)
    {
        var (F, n) = (_shape.HeadWidth, _chunk.Count);
        SmallProducts<T>.Add(_carried, X, 1, F, dZ, F, n, F);
        for (var i = 0; i < n; i++) SmallRows<T>.Add(dZ.Slice(i * F, F), _carried.AsSpan(_shape.WeightSize));
    }

    /// <summary>
    /// Rotates the gradients of q and k back and puts all into their places. dr is in R: it reaches v with its sign reversed.
    /// </summary>
    private void Store(TttLinearTensors<T> d, int row, int head, int c)
    {
        var (F, D) = (_shape.HeadWidth, _shape.Width);
        for (var i = 0; i < _chunk.Count; i++)
        {
            var step = row * _shape.Steps + c * _shape.MiniBatch + i;
            var at = step * 3 * D + head * F;
            _rotary.RotateBack(_dQ.AsSpan(i * F, F), i, d.Qkv.Slice(at, F));
            _rotary.RotateBack(_dK.AsSpan(i * F, F), i, d.Qkv.Slice(at + D, F));
            var values = d.Qkv.Slice(at + 2 * D, F);
            var dr = _chunk.R.AsSpan(i * F, F);
            values.Clear();
            SmallRows<T>.AddScaled(dr, -T.One, values);
            d.Rates[step * _shape.Heads + head] = _dRates[i];
        }
    }
}
