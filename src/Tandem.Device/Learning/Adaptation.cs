using System.Globalization;
using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>
/// Learns a part of a model from one user's events: a few steps on the loss of the older ones, pulled back to the weights that the cloud
/// sent. What was learned is kept only where it makes the newest events, which it has not seen, more likely; anything else changes nothing.
/// </summary>
internal sealed class Adaptation
{
    private readonly AdaptationPlan _plan;
    private readonly AdaptationSample _sample;
    private readonly AlignedFloats _sent;
    private readonly AlignedFloats _start;
    private readonly IReadOnlyList<Slice> _slices;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly CancellationToken _cancel;

    /// <param name="plan">Whose fault is null.</param>
    /// <param name="sample">Read by the plan.</param>
    /// <param name="sent">What the anchor pulls to.</param>
    /// <param name="start">Where the steps begin.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="began">Its timestamp when learning began.</param>
    /// <param name="cancel">Asked before every step.</param>
    public Adaptation(
        AdaptationPlan plan, AdaptationSample sample, AlignedFloats sent, AlignedFloats start, TimeProvider time, long began,
            CancellationToken cancel)
    {
        (_plan, _sample, _sent, _start, _time, _began, _cancel) = (plan, sample, sent, start, time, began, cancel);
        _slices = plan.Runner.Part(plan.Options.Part);
    }

    /// <summary>Takes the steps and judges them.</summary>
    /// <param name="learned">Weights by the layout; null where nothing is to change.</param>
    public AdaptationResult Run(out AlignedFloats? learned)
    {
        learned = null;
        var before = Judge(_start);
        if (!float.IsFinite(before)) return Refuse("the loss before learning is not finite");
        var weights = _start.Copy();
        var (steps, fault) = Learn(weights);
        if (fault is not null) return Refuse(fault, before, steps);
        var after = Judge(weights);
        if (!(after < before)) // NaN included
            return Refuse(Text($"rolled back: the loss of the held-out events went from {before} to {after}"), before, steps, after);
        learned = weights;
        return Result(true, Text($"the loss of the held-out events fell from {before} to {after}"), before, steps, after);
    }

    private AdaptationResult Refuse(string reason, float before = float.NaN, int steps = 0, float after = float.NaN) =>
        Result(false, reason, before, steps, after);

    private AdaptationResult Result(bool accepted, string reason, float before, int steps, float after) => new()
    {
        Accepted = accepted,
        LossBefore = before,
        LossAfter = after,
        Steps = steps,
        Elapsed = _time.GetElapsedTime(_began),
        Bytes = _plan.Bytes,
        Reason = reason,
    };

    /// <summary>Loss of the held-out events.</summary>
    private float Judge(AlignedFloats weights)
    {
        _plan.Loss.Begin(weights.Span, _sample.Held);
        return _plan.Loss.Evaluate(weights.Span, []);
    }

    private (int Steps, string? Fault) Learn(AlignedFloats weights)
    {
        var gradient = new AlignedFloats(weights.Length);
        _plan.Loss.Begin(weights.Span, _sample.Learned);
        var first = 0L;
        for (var step = 0; step < _plan.Options.Steps; step++)
        {
            _cancel.ThrowIfCancellationRequested();
            if (step > 0 && _time.GetElapsedTime(first).TotalMilliseconds > _plan.Options.MostMillis) return (step, null);
            foreach (var slice in _slices) slice.Of(gradient.Span).Clear();
            var loss = _plan.Loss.Evaluate(weights.Span, gradient.Span);
            if (step == 0) first = _time.GetTimestamp(); // before it the methods may have been compiled, which takes longer than all steps
            if (!float.IsFinite(loss)) return (step, Text($"stopped: the loss of step {step + 1} is not finite"));
            AddAnchor(weights.Span, gradient.Span);
            if (!TryClip(gradient.Span)) return (step, Text($"stopped: the gradient of step {step + 1} is not finite"));
            _plan.Optimizer.Step(gradient.Span, _plan.Options.Rate, weights.Span);
            if (!IsFinite(weights.Span)) return (step + 1, Text($"stopped: step {step + 1} left weights that are not finite"));
        }

        return (_plan.Options.Steps, null);
    }

    /// <summary>g += λ (w − sent).</summary>
    private void AddAnchor(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        foreach (var slice in _slices)
        {
            var g = slice.Of(gradient);
            TensorPrimitives.MultiplyAdd(slice.Of(weights), _plan.Options.Anchor, g, g);
            TensorPrimitives.MultiplyAdd(slice.Of(_sent.Span), -_plan.Options.Anchor, g, g);
        }
    }

    /// <summary>False where the gradient or its length is not finite.</summary>
    private bool TryClip(Span<float> gradient)
    {
        var squares = 0f;
        foreach (var slice in _slices) squares += TensorPrimitives.SumOfSquares<float>(slice.Of(gradient));
        if (!float.IsFinite(squares)) return false;
        var scale = _plan.Options.MaxGradientNorm / MathF.Sqrt(squares);
        if (scale >= 1) return true;
        foreach (var slice in _slices) TensorPrimitives.Multiply(slice.Of(gradient), scale, slice.Of(gradient));
        return true;
    }

    private bool IsFinite(ReadOnlySpan<float> weights)
    {
        foreach (var slice in _slices)
        {
            if (!TensorPrimitives.IsFiniteAll(slice.Of(weights))) return false;
        }

        return true;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
