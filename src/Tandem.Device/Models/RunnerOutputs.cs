namespace Tandem.Device.Models;

/// <summary>
/// A runner's outputs over a sequence that begins with nothing carried, event by event, for what is learned behind them: the adapter. No
/// runner is asked for a backward pass here.
/// </summary>
internal sealed class RunnerOutputs : BackboneGradient
{
    private readonly Runner _runner;
    private readonly UserState _state;
    private readonly long[] _times;     // [N]
    private readonly float[] _values;   // [N]

    public RunnerOutputs(Runner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, blocks: 1, runner.Shape.Width, workspace)
    {
        if (part != LearnedPart.Adapter) throw new NotSupportedException($"a {runner.Shape.Kind} backbone has no backward pass");
        (_runner, _state, _times, _values) = (runner, runner.CreateState(), new long[events], new float[events]);
        workspace.Count(_state.SizeBytes);
    }

    /// <inheritdoc/>
    protected override float EmbeddingScale => 1; // the runner scales by itself

    /// <inheritdoc/>
    protected override void TakeContext(in EventSpan events)
    {
        events.Times.CopyTo(_times);
        events.Values.CopyTo(_values);
    }

    /// <inheritdoc/>
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x)
    {
        var D = _runner.Shape.Width;
        _state.Reset();
        for (var t = 0; t < Rows; t++)
        {
            var row = x.Slice(t * D, D);
            _runner.TakeIn(weights, _state, new(row, _times.AsSpan(t, 1), _values.AsSpan(t, 1)));
            _state.Output.CopyTo(row); // the event's row has been read
        }
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient) =>
        throw new NotSupportedException($"a {_runner.Shape.Kind} backbone has no backward pass");

    /// <inheritdoc/>
    protected override void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs) => x.CopyTo(outputs);

    /// <inheritdoc/>
    protected override void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient) =>
        throw new NotSupportedException($"a {_runner.Shape.Kind} backbone has no backward pass");
}
