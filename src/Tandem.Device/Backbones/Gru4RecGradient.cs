using Tandem.Device.Models;

namespace Tandem.Device.Backbones;

/// <summary>GRU4Rec's backward pass.</summary>
internal sealed class Gru4RecGradient : BackboneGradient
{
    private readonly Gru4RecRunner _runner;
    private readonly GruLayerGradient[] _tapes;

    public Gru4RecGradient(Gru4RecRunner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, runner.Layers.Count, Math.Max(runner.Shape.Width, runner.Dimensions.Hidden), workspace)
    {
        _runner = runner;
        _tapes = new GruLayerGradient[Kept(part, runner.Layers.Count)];
        foreach (ref var tape in _tapes.AsSpan())
            tape = new(Math.Max(runner.Shape.Width, runner.Dimensions.Hidden), runner.Dimensions.Hidden, events, workspace);
    }

    /// <inheritdoc/>
    protected override int EndWidth => _runner.Dimensions.Hidden;

    /// <inheritdoc/>
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x)
    {
        var layer = _runner.Layers[block];
        _tapes[tape].Forward(layer, weights, x[..(Rows * layer.FromInput.Inputs)], x[..(Rows * _runner.Dimensions.Hidden)]);
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient)
    {
        var layer = _runner.Layers[block];
        _tapes[tape].Backward(layer, weights, dx[..(Rows * _runner.Dimensions.Hidden)], dx[..(Rows * layer.FromInput.Inputs)], gradient);
    }

    /// <inheritdoc/>
    protected override void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs)
    {
        if (_runner.Output is { } output) output.Apply(weights, x, outputs);
        else x.CopyTo(outputs);
    }

    /// <inheritdoc/>
    protected override void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient)
    {
        if (_runner.Output is { } output) LinearGradient.Backward(output, weights, x, dOutputs, dx, gradient);
        else dOutputs.CopyTo(dx);
    }
}
