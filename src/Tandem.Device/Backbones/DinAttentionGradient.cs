using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>u = Σ a(h, t) h of DIN, what a history says to each target, and its backward pass.</summary>
internal sealed class DinAttentionGradient
{
    private readonly DinRunner _runner;
    private readonly Workspace _workspace;
    private readonly int _targets;      // C, at most
    private readonly Slice _history;    // [N × D] h
    private readonly Slice _mixed;      // [K × D] Wₜ + Wₚ ∘ h of an event; in the backward pass its gradient
    private readonly Slice _own;        // [K] Wₕ h + b of an event
    private readonly Slice _before;     // [N × C × K] before PReLU
    private readonly Slice _activated;       // [C × K] after it; in the backward pass its gradient
    private readonly Slice _weights;    // [C] a; in the backward pass its gradient
    private readonly Slice _sum;        // [K]

    public DinAttentionGradient(DinRunner runner, long events, long targets, Workspace workspace)
    {
        (_runner, _workspace, _targets) = (runner, workspace, (int)targets);
        var (D, K) = (Shape.Width, Shape.AttentionHidden);
        (_history, _mixed, _own) = (workspace.Reserve(events * D), workspace.Reserve((long)K * D), workspace.Reserve(K));
        (_before, _activated) = (workspace.Reserve(events * targets * K), workspace.Reserve(targets * K));
        (_weights, _sum) = (workspace.Reserve(targets), workspace.Reserve(K));
    }

    private DinShape Shape => _runner.Dimensions;

    /// <param name="items">[N × D] rows of the events.</param>
    public void Begin(ReadOnlySpan<float> items) => TensorPrimitives.Multiply(items, MathF.Sqrt(Shape.Width), _workspace.Of(_history));

    /// <param name="weights">By the layout.</param>
    /// <param name="events">How many of the events are read.</param>
    /// <param name="targets">[C × D] t.</param>
    /// <param name="interest">[C × D] receives u.</param>
    public void Forward(ReadOnlySpan<float> weights, int events, ReadOnlySpan<float> targets, Span<float> interest)
    {
        var D = Shape.Width;
        var C = targets.Length / D;
        var own = _workspace.Of(_own);
        var a = _workspace.Of(_weights, C);
        interest.Clear();
        for (var t = 0; t < events; t++)
        {
            var h = History(t);
            _runner.OfHistory.Apply(weights, h, own);
            MatrixProduct.TimesTransposed(targets, Mix(weights, h), own, Before(t, C));
            _runner.Weigh.Apply(weights, Activate(weights, t, C), a);
            for (var c = 0; c < C; c++)
            {
                var u = interest.Slice(c * D, D);
                TensorPrimitives.MultiplyAdd(h, a[c], u, u);
            }
        }
    }

    /// <summary>With z before PReLU: da = ⟨du, h⟩; dz = PReLU'(z) da w; d(Wₜ + Wₚ ∘ h) = Σ dz tᵀ; dWₕ += Σ dz hᵀ.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="events">As in <see cref="Forward"/>, which came right before.</param>
    /// <param name="targets">[C × D].</param>
    /// <param name="dInterest">[C × D].</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(
        ReadOnlySpan<float> weights, int events, ReadOnlySpan<float> targets, ReadOnlySpan<float> dInterest, Span<float> gradient)
    {
        var C = targets.Length / Shape.Width;
        var da = _workspace.Of(_weights, C);
        var slope = _runner.AttentionSlope.Of(weights)[0];
        for (var t = 0; t < events; t++)
        {
            var h = History(t);
            MatrixVector.Multiply(dInterest, [], h, da);
            var z = Activate(weights, t, C);
            LinearGradient.AddWeights(_runner.Weigh, z, da, gradient);
            z.Clear();
            LinearGradient.AddInputs(_runner.Weigh, weights, da, z);
            _runner.AttentionSlope.Of(gradient)[0] += ActivationGradients.PRelu(Before(t, C), slope, z);
            AddMixed(h, targets, z, gradient);
        }
    }

    private void AddMixed(ReadOnlySpan<float> h, ReadOnlySpan<float> targets, ReadOnlySpan<float> dz, Span<float> gradient)
    {
        var (D, K) = (Shape.Width, Shape.AttentionHidden);
        var dMixed = _workspace.Of(_mixed);
        var sum = _workspace.Of(_sum);
        dMixed.Clear();
        sum.Clear();
        for (var c = 0; c * D < targets.Length; c++)
        {
            TensorPrimitives.Add(sum, dz.Slice(c * K, K), sum);
            for (var k = 0; k < K; k++)
                TensorPrimitives.MultiplyAdd(targets.Slice(c * D, D), dz[c * K + k], dMixed.Slice(k * D, D), dMixed.Slice(k * D, D));
        }

        var dTarget = _runner.OfTarget.Weight.Of(gradient);
        var dProduct = _runner.OfProduct.Weight.Of(gradient);
        TensorPrimitives.Add(dTarget, dMixed, dTarget);
        for (var from = 0; from < K * D; from += D)
            TensorPrimitives.MultiplyAdd(dMixed.Slice(from, D), h, dProduct.Slice(from, D), dProduct.Slice(from, D));
        LinearGradient.AddWeights(_runner.OfHistory, h, sum, gradient);
    }

    /// <summary>[K × D] Wₜ + Wₚ ∘ h.</summary>
    private Span<float> Mix(ReadOnlySpan<float> weights, ReadOnlySpan<float> h)
    {
        var D = Shape.Width;
        var mixed = _workspace.Of(_mixed);
        var ofTarget = _runner.OfTarget.Weight.Of(weights);
        var ofProduct = _runner.OfProduct.Weight.Of(weights);
        for (var from = 0; from < mixed.Length; from += D)
            TensorPrimitives.MultiplyAdd(ofProduct.Slice(from, D), h, ofTarget.Slice(from, D), mixed.Slice(from, D));
        return mixed;
    }

    /// <summary>[C × K] activated.</summary>
    private Span<float> Activate(ReadOnlySpan<float> weights, int t, int targets)
    {
        var before = Before(t, targets);
        var activated = _workspace.Of(_activated, before.Length);
        Activations.PRelu(before, _runner.AttentionSlope.Of(weights)[0], activated);
        return activated;
    }

    private Span<float> History(int t) => _workspace.Of(_history).Slice(t * Shape.Width, Shape.Width);

    private Span<float> Before(int t, int targets) =>
        _workspace.Of(_before).Slice(t * _targets * Shape.AttentionHidden, targets * Shape.AttentionHidden);
}
