using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>
/// TTT's outputs over a sequence that begins with nothing carried, for what is learned behind them: the adapter. There is no backward pass
/// through the state, whose every event is a gradient step.
/// </summary>
internal sealed class TttOutputs : BackboneGradient
{
    private const string NoBackwardPass = "TTT has no backward pass";

    private readonly TttRunner _runner;
    private readonly Slice _carried;
    private readonly Slice _scratch;
    private readonly long[] _times;     // [N]
    private readonly float[] _values;   // [N]

    public TttOutputs(TttRunner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, blocks: 1, runner.Shape.Width, workspace)
    {
        if (!runner.CanLearn(part)) throw new NotSupportedException(NoBackwardPass);
        (_runner, _carried, _scratch) = (runner, workspace.Reserve(runner.Carried), workspace.Reserve(runner.Scratch));
        (_times, _values) = (new long[events], new float[events]);
    }

    /// <inheritdoc/>
    protected override float EmbeddingScale => 1;

    /// <inheritdoc/>
    protected override void TakeContext(in EventSpan events)
    {
        events.Times.CopyTo(_times);
        events.Values.CopyTo(_values);
    }

    /// <inheritdoc/>
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x)
    {
        var progress = new TttProgress(Workspace.Of(_carried), Workspace.Of(_scratch));
        var rows = x[..(Rows * _runner.Shape.Width)];
        _runner.Run(weights, ref progress, new(rows, _times.AsSpan(0, Rows), _values.AsSpan(0, Rows)), rows);
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient) =>
        throw new NotSupportedException(NoBackwardPass);

    /// <inheritdoc/>
    protected override void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs) => x.CopyTo(outputs);

    /// <inheritdoc/>
    protected override void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient) =>
        throw new NotSupportedException(NoBackwardPass);
}
