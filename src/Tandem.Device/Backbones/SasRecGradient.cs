using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>SASRec's backward pass.</summary>
internal sealed class SasRecGradient : BackboneGradient
{
    private readonly SasRecRunner _runner;
    private readonly SasRecScratch _scratch;
    private readonly (SasRecAttentionGradient Attention, SasRecFeedForwardGradient FeedForward)[] _tapes;

    public SasRecGradient(SasRecRunner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, runner.Blocks.Count, runner.Shape.Width, workspace)
    {
        _runner = runner;
        _scratch = new(runner.Dimensions, events, workspace);
        _tapes = new (SasRecAttentionGradient, SasRecFeedForwardGradient)[Kept(part, runner.Blocks.Count)];
        foreach (ref var tape in _tapes.AsSpan())
            tape = (new(runner.Dimensions, events, workspace, _scratch), new(runner.Dimensions, events, workspace, _scratch));
    }

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
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x)
    {
        x = x[..(Rows * _runner.Shape.Width)];
        _tapes[tape].Attention.Forward(_runner.Blocks[block], weights, x);
        _tapes[tape].FeedForward.Forward(_runner.Blocks[block], weights, x);
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient)
    {
        dx = dx[..(Rows * _runner.Shape.Width)];
        _tapes[tape].FeedForward.Backward(_runner.Blocks[block], weights, dx, gradient);
        _tapes[tape].Attention.Backward(_runner.Blocks[block], weights, dx, gradient);
    }

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
