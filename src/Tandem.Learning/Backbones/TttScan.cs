using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>An inner model over a whole sequence: mini-batch after mini-batch in dual form, or one event in primal form.</summary>
internal sealed class TttScan(TttInnerModel inner, TttDecay? decay, TttOptions options)
{
    private readonly int _miniBatch = options.MiniBatch;
    private readonly bool _isFrozen = options.Control == TttControl.Frozen;

    /// <summary>All steps from the initial weights on.</summary>
    /// <param name="steps">T steps.</param>
    /// <param name="times">[B, T] int64 unix seconds; null where unknown.</param>
    /// <param name="tau">[b] τ.</param>
    /// <returns>The answers [B, H, T, F].</returns>
    public Tensor Run(TttChunk steps, Tensor? times, Tensor tau)
    {
        using var scope = NewDisposeScope();
        return Run(steps, times, tau, Initial(), keepsState: false).Answers.MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Run(TttChunk, Tensor?, Tensor)"/>, and the state after the last step.</summary>
    public (Tensor Answers, TttState State) Fill(TttChunk steps, Tensor? times, Tensor tau)
    {
        using var scope = NewDisposeScope();
        var (answers, state) = Run(steps, times, tau, Initial(), keepsState: true);
        return (answers.MoveToOuterDisposeScope(), state.MoveToOuterDisposeScope());
    }

    /// <summary>The state before the first event.</summary>
    /// <param name="rows">B.</param>
    public TttState Begin(long rows)
    {
        using var scope = NewDisposeScope();
        var weights = Owned(Initial(), rows);
        return new TttState(0, weights, Zeros(weights)).MoveToOuterDisposeScope();
    }

    /// <summary>One event.</summary>
    /// <param name="step">One step.</param>
    /// <param name="time">[B] int64 unix seconds; null where unknown.</param>
    /// <param name="tau">[b] τ.</param>
    /// <param name="state">Of the sequence so far; not changed.</param>
    /// <returns>The answer [B, H, 1, F] and the state after it.</returns>
    public (Tensor Answer, TttState State) Step(TttChunk step, Tensor? time, Tensor tau, TttState state)
    {
        using var scope = NewDisposeScope();
        if (state.Place == 0) state = Open(state, time);
        var written = inner.Gradients(state.Weights, step);
        for (var i = 0; i < written.Length; i++) written[i] = written[i].Plus(state.Written[i]);
        var now = Descend(state.Weights, written, tau[state.Place]);
        var answer = inner.Norm.Answer(step.Q, inner.Read(now, step.Q));
        var isLast = state.Place + 1 == _miniBatch;
        var after = state with
        {
            Place = isLast ? 0 : state.Place + 1,
            Weights = isLast && !_isFrozen ? now : Copies(state.Weights),
            Written = isLast ? Zeros(written) : written,
            Tail = null,
            Began = state.Began?.alias(),
        };
        return (answer.MoveToOuterDisposeScope(), after.MoveToOuterDisposeScope());
    }

    private (Tensor Answers, TttState State) Run(TttChunk steps, Tensor? times, Tensor tau, Tensor[] initial, bool keepsState)
    {
        var scale = tau.unsqueeze(1).expand(_miniBatch, _miniBatch).tril();             // [b, b] τᵢ where k ≤ i
        var state = new TttState(0, initial, []);
        var (answers, T) = (new List<Tensor>(), steps.Steps);
        for (var first = 0L; first < T; first += _miniBatch)
        {
            var n = Math.Min(_miniBatch, T - first);
            state = Open(state, times?.select(1, first));
            if (first > 0 && first % options.GradientSteps == 0) state = state with { Weights = Detached(state.Weights) };
            var chunk = steps.Slice(first, n);
            var (read, written) = inner.Chunk(
                state.Weights, chunk, scale.narrow(0, 0, n).narrow(1, 0, n), writes: keepsState || first + n < T && !_isFrozen);
            answers.Add(inner.Norm.Answer(chunk.Q, read));
            if (n < _miniBatch)
            {
                state = state with { Place = (int)n, Written = written };
            }
            else if (written.Length > 0
                && !_isFrozen)
            {
                state = state with { Weights = Descend(state.Weights, written, tau[_miniBatch - 1]) };
            }
        }

        if (keepsState)
        {
            var weights = Owned(state.Weights, steps.Q.shape[0]);
            state = state with { Weights = weights, Written = state.Written.Length > 0 ? state.Written : Zeros(weights) };
        }

        return (cat(answers, dim: 2), state);
    }

    /// <summary>Begins a mini-batch.</summary>
    private TttState Open(TttState state, Tensor? now) => decay is null
        ? state
        : state with { Weights = decay.Forget(Initial(), state.Weights, state.Began, now), Began = now?.alias() };

    /// <summary>The initial weights, each [1, H, rows, columns].</summary>
    private Tensor[] Initial() => Each(inner.Initial, w => w.unsqueeze(0));

    /// <summary>Weights that no mini-batch has changed are one for all rows; a state has its own for each.</summary>
    private static Tensor[] Owned(Tensor[] weights, long rows) => Each(weights, w => w.expand([rows, .. w.shape[1..]]).clone());

    private static Tensor[] Descend(Tensor[] weights, Tensor[] written, Tensor rate)
    {
        var after = new Tensor[weights.Length];
        for (var i = 0; i < after.Length; i++) after[i] = weights[i] - rate * written[i];
        return after;
    }

    private static Tensor[] Detached(Tensor[] weights) => Each(weights, w => w.detach());

    private static Tensor[] Copies(Tensor[] weights) => Each(weights, w => w.alias());

    private static Tensor[] Zeros(Tensor[] like) => Each(like, w => zeros_like(w));

    private static Tensor[] Each(IReadOnlyList<Tensor> tensors, Func<Tensor, Tensor> change)
    {
        var changed = new Tensor[tensors.Count];
        for (var i = 0; i < changed.Length; i++) changed[i] = change(tensors[i]);
        return changed;
    }
}
