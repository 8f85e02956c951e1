using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>HSTU's backward pass.</summary>
internal sealed class HstuGradient : BackboneGradient
{
    private readonly HstuRunner _runner;
    private readonly HstuBias _bias;
    private readonly HstuScratch _scratch;
    private readonly HstuBlockGradient[] _tapes;

    public HstuGradient(HstuRunner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, runner.Blocks.Count, runner.Shape.Width, workspace)
    {
        (_runner, _bias, _scratch) = (runner, new(runner, events, workspace), new(runner.Dimensions, events, workspace));
        _tapes = new HstuBlockGradient[Kept(part, runner.Blocks.Count)];
        foreach (ref var tape in _tapes.AsSpan()) tape = new(runner.Dimensions, events, workspace, _bias, _scratch);
    }

    /// <inheritdoc/>
    protected override void TakeContext(in EventSpan events) => _bias.Begin(events.Times);

    /// <inheritdoc/>
    protected override void Embed(ReadOnlySpan<float> weights, Span<float> x) =>
        TensorPrimitives.Add(x, _runner.Position.Of(weights)[..x.Length], x);

    /// <inheritdoc/>
    protected override void EmbedBackward(ReadOnlySpan<float> dx, Span<float> gradient)
    {
        var dPosition = _runner.Position.Of(gradient)[..dx.Length];
        TensorPrimitives.Add(dPosition, dx, dPosition);
    }

    /// <inheritdoc/>
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x) =>
        _tapes[tape].Forward(_runner.Blocks[block], weights, x[..(Rows * _runner.Shape.Width)]);

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient) =>
        _tapes[tape].Backward(_runner.Blocks[block], weights, dx[..(Rows * _runner.Shape.Width)], gradient);

    /// <inheritdoc/>
    protected override void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs) =>
        _runner.Norm.Apply(weights, x, outputs);

    /// <inheritdoc/>
    protected override void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient)
    {
        dx.Clear();
        NormGradient.Backward(_runner.Norm, weights, x, dOutputs, dx, gradient, _scratch.Row);
    }
}
