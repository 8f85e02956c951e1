using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>MLP([u, t, u ∘ t]) of DIN for each target, and its backward pass.</summary>
internal sealed class DinAnswerGradient
{
    private readonly DinRunner _runner;
    private readonly bool _isLearned;
    private readonly Workspace _workspace;
    private readonly Slice _features;       // [C × 3 D]
    private readonly Slice _hiddenBefore;   // [C × hidden] before PReLU
    private readonly Slice _hidden;         // [C × hidden] after it
    private readonly Slice _lastBefore;     // [C × last hidden]
    private readonly Slice _last;           // [C × last hidden]
    private readonly Slice _dFeatures;      // [C × 3 D]

    /// <param name="runner">Whose layers.</param>
    /// <param name="isLearned">False where only the way through them is wanted.</param>
    /// <param name="targets">C, at most.</param>
    /// <param name="workspace">In which the buffers are reserved.</param>
    public DinAnswerGradient(DinRunner runner, bool isLearned, long targets, Workspace workspace)
    {
        (_runner, _isLearned, _workspace) = (runner, isLearned, workspace);
        (_features, _dFeatures) = (workspace.Reserve(targets * 3 * Shape.Width), workspace.Reserve(targets * 3 * Shape.Width));
        (_hiddenBefore, _hidden) = (workspace.Reserve(targets * Shape.Hidden), workspace.Reserve(targets * Shape.Hidden));
        (_lastBefore, _last) = (workspace.Reserve(targets * Shape.LastHidden), workspace.Reserve(targets * Shape.LastHidden));
    }

    private DinShape Shape => _runner.Dimensions;

    /// <param name="weights">By the layout.</param>
    /// <param name="interest">[C × D] u.</param>
    /// <param name="targets">[C × D] t.</param>
    /// <param name="scores">[C].</param>
    public void Forward(ReadOnlySpan<float> weights, ReadOnlySpan<float> interest, ReadOnlySpan<float> targets, Span<float> scores)
    {
        var (D, C) = (Shape.Width, scores.Length);
        var features = _workspace.Of(_features, C * 3 * D);
        for (var c = 0; c < C; c++)
        {
            var u = interest.Slice(c * D, D);
            var t = targets.Slice(c * D, D);
            var row = features.Slice(c * 3 * D, 3 * D);
            u.CopyTo(row);
            t.CopyTo(row[D..]);
            TensorPrimitives.Multiply(u, t, row[(2 * D)..]);
        }

        var before = _workspace.Of(_hiddenBefore, C * Shape.Hidden);
        var hidden = _workspace.Of(_hidden, C * Shape.Hidden);
        _runner.Hidden.Apply(weights, features, before);
        Activations.PRelu(before, _runner.HiddenSlope.Of(weights)[0], hidden);
        var lastBefore = _workspace.Of(_lastBefore, C * Shape.LastHidden);
        var last = _workspace.Of(_last, C * Shape.LastHidden);
        _runner.LastHidden.Apply(weights, hidden, lastBefore);
        Activations.PRelu(lastBefore, _runner.LastHiddenSlope.Of(weights)[0], last);
        _runner.Output.Apply(weights, last, scores);
    }

    /// <param name="weights">By the layout.</param>
    /// <param name="targets">[C × D].</param>
    /// <param name="dScores">[C].</param>
    /// <param name="dInterest">[C × D], overwritten.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> targets, ReadOnlySpan<float> dScores, Span<float> dInterest, Span<float> gradient)
    {
        var (D, C) = (Shape.Width, dScores.Length);
        var last = _workspace.Of(_last, C * Shape.LastHidden);
        var hidden = _workspace.Of(_hidden, C * Shape.Hidden);
        var features = _workspace.Of(_features, C * 3 * D);
        var dFeatures = _workspace.Of(_dFeatures, features.Length);
        Through(_runner.Output, weights, last, dScores, last, gradient);
        BackwardPRelu(_runner.LastHiddenSlope, weights, _workspace.Of(_lastBefore, last.Length), last, gradient);
        Through(_runner.LastHidden, weights, hidden, last, hidden, gradient);
        BackwardPRelu(_runner.HiddenSlope, weights, _workspace.Of(_hiddenBefore, hidden.Length), hidden, gradient);
        Through(_runner.Hidden, weights, features, hidden, dFeatures, gradient);
        for (var c = 0; c < C; c++)
        {
            var row = dFeatures.Slice(c * 3 * D, 3 * D);
            TensorPrimitives.MultiplyAdd(row[(2 * D)..], targets.Slice(c * D, D), row[..D], dInterest.Slice(c * D, D));
        }
    }

    /// <summary>The gradient takes the place of what a layer read, where that is not read again.</summary>
    private void Through(
        LinearLayer layer, ReadOnlySpan<float> weights, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, Span<float> gradient)
    {
        if (_isLearned) LinearGradient.AddWeights(layer, x, dy, gradient);
        dx.Clear();
        LinearGradient.AddInputs(layer, weights, dy, dx);
    }

    private void BackwardPRelu(Slice slope, ReadOnlySpan<float> weights, ReadOnlySpan<float> before, Span<float> dy, Span<float> gradient)
    {
        var dSlope = ActivationGradients.PRelu(before, slope.Of(weights)[0], dy);
        if (_isLearned) slope.Of(gradient)[0] += dSlope;
    }
}
