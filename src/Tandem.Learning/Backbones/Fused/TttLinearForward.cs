using System.Numerics;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>A TTT-Linear layer's answers for whole sequences: head by head, mini-batch by mini-batch, all of it in the cache.</summary>
internal static class TttLinearForward
{
    /// <param name="shape">Sizes.</param>
    /// <param name="rotary">The rotation.</param>
    /// <param name="x">What is read.</param>
    /// <param name="answers">[B, T, D] destination.</param>
    /// <param name="states">
    /// Destination of the states that mini-batches start with, for the backward pass; see <see cref="TttLinearShape.StateAt"/>.
    /// </param>
    public static void Run<T>(TttLinearShape shape, TttRotary<T> rotary, TttLinearTensors<T> x, Span<T> answers, Span<T> states)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var chunk = new TttLinearChunk<T>(shape, rotary);
        var state = new T[shape.StateSize];
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var head = 0; head < shape.Heads; head++) Scan(shape, chunk, x, row, head, state, answers, states);
        }
    }

    private static void Scan<T>(
        TttLinearShape shape, TttLinearChunk<T> chunk, TttLinearTensors<T> x, int row, int head, Span<T> state, Span<T> answers,
            Span<T> states)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var F = shape.HeadWidth;
        var W = state[..shape.WeightSize];
        var b = state[shape.WeightSize..];
        var gamma = x.Gamma.Slice(head * F, F);
        var beta = x.Beta.Slice(head * F, F);
        x.Weight.Slice(head * shape.WeightSize, shape.WeightSize).CopyTo(W);
        x.Bias.Slice(head * F, F).CopyTo(b);
        for (var c = 0; c < shape.Chunks; c++)
        {
            chunk.Load(x, row, head, c);
            chunk.Evaluate(W, b, gamma, beta, x.Tau);
            Answer(shape, chunk, gamma, beta, answers, row, head, c);
            if (c + 1 == shape.Chunks || shape.IsFrozen) continue;
            chunk.Write(W, b, x.Tau[^1]);
            state.CopyTo(states[shape.StateAt(row, head, c + 1)..]);
        }
    }

    /// <summary>q + γ ⊙ x̂ + β.</summary>
    private static void Answer<T>(
        TttLinearShape shape, TttLinearChunk<T> chunk, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> answers, int row, int head,
            int c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var F = shape.HeadWidth;
        for (var i = 0; i < chunk.Count; i++)
        {
            var answer = answers.Slice((row * shape.Steps + c * shape.MiniBatch + i) * shape.Width + head * F, F);
            chunk.Q.AsSpan(i * F, F).CopyTo(answer);
            SmallRows<T>.Add(beta, answer);
            SmallRows<T>.AddProduct(gamma, chunk.ReadHat.AsSpan(i * F, F), answer);
        }
    }
}
