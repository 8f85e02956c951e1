using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>An inner model over a whole sequence: mini-batch after mini-batch in dual form, or one event in primal form.</summary>
internal sealed class TttScan(TttInnerModel inner, int miniBatch)
{
    /// <summary>All steps from the initial weights on.</summary>
    /// <param name="steps">T steps.</param>
    /// <param name="tau">[b] τ.</param>
    /// <param name="keepsState">True where the state after the last step is wanted.</param>
    /// <returns>The answers [B, H, T, F], and the weights and what was written to them where they are wanted.</returns>
    public (Tensor Answers, Tensor[] Weights, Tensor[] Written) Run(TttChunk steps, Tensor tau, bool keepsState)
    {
        using var scope = NewDisposeScope();
        var scale = tau.unsqueeze(1).expand(miniBatch, miniBatch).tril();               // [b, b] τᵢ where k ≤ i
        var (weights, written) = (Initial(), Array.Empty<Tensor>());
        var answers = new List<Tensor>();
        for (var first = 0L; first < steps.Steps; first += miniBatch)
        {
            var chunk = steps.Slice(first, Math.Min(miniBatch, steps.Steps - first));
            var n = chunk.Steps;
            (var read, written) = inner.Chunk(
                weights, chunk, scale.narrow(0, 0, n).narrow(1, 0, n), keepsState || first + miniBatch < steps.Steps);
            answers.Add(inner.Norm.Answer(chunk.Q, read));
            if (n == miniBatch && written.Length > 0) (weights, written) = (Descend(weights, written, tau[miniBatch - 1]), []);
        }

        var answer = cat(answers, dim: 2).MoveToOuterDisposeScope();
        if (!keepsState) return (answer, [], []);
        weights = Owned(weights, steps.Q.shape[0]);
        return (answer, Moved(weights), Moved(written.Length > 0 ? written : Zeros(weights)));
    }

    /// <summary>One event.</summary>
    /// <param name="step">One step.</param>
    /// <param name="tau">[b] τ.</param>
    /// <param name="state">Of the sequence so far.</param>
    /// <returns>The answer [B, H, 1, F] and the state after it.</returns>
    public (Tensor Answer, TttState State) Step(TttChunk step, Tensor tau, TttState state)
    {
        using var scope = NewDisposeScope();
        var written = inner.Gradients(state.Weights, step);
        for (var i = 0; i < written.Length; i++) written[i] = written[i] + state.Written[i];
        var now = Descend(state.Weights, written, tau[state.Place]);
        var answer = inner.Norm.Answer(step.Q, inner.Read(now, step.Q)).MoveToOuterDisposeScope();
        var after = state.Place + 1 == miniBatch
            ? state with { Place = 0, Weights = Moved(now), Written = Moved(Zeros(written)) }
            : state with { Place = state.Place + 1, Written = Moved(written) };
        return (answer, after);
    }

    /// <summary>The initial weights, each [1, H, rows, columns].</summary>
    private Tensor[] Initial()
    {
        var weights = new Tensor[inner.Initial.Count];
        for (var i = 0; i < weights.Length; i++) weights[i] = inner.Initial[i].unsqueeze(0);
        return weights;
    }

    /// <summary>Weights that no mini-batch has changed are one for all rows; a state has its own for each.</summary>
    private static Tensor[] Owned(Tensor[] weights, long rows)
    {
        var own = new Tensor[weights.Length];
        for (var i = 0; i < own.Length; i++) own[i] = weights[i].expand([rows, .. weights[i].shape[1..]]).clone();
        return own;
    }

    private static Tensor[] Descend(Tensor[] weights, Tensor[] written, Tensor rate)
    {
        var after = new Tensor[weights.Length];
        for (var i = 0; i < after.Length; i++) after[i] = weights[i] - rate * written[i];
        return after;
    }

    private static Tensor[] Zeros(Tensor[] like)
    {
        var zero = new Tensor[like.Length];
        for (var i = 0; i < zero.Length; i++) zero[i] = zeros_like(like[i]);
        return zero;
    }

    private static Tensor[] Moved(Tensor[] tensors)
    {
        foreach (var tensor in tensors) tensor.MoveToOuterDisposeScope();
        return tensors;
    }
}
