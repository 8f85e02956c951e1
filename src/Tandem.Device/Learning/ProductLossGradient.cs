using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Parameters;

namespace Tandem.Device.Learning;

/// <summary>The loss of backbones whose scores are ⟨output, row⟩: the adapter, the unit length and the softmax after a backbone.</summary>
internal sealed class ProductLossGradient : LossGradient
{
    private readonly Runner _runner;
    private readonly BackboneGradient _backbone;
    private readonly float _temperature;
    private readonly Slice _adapted;    // [D] after the adapter
    private readonly Slice _unit;       // [D] after the unit length
    private readonly Slice _dUnit;      // [D]
    private readonly Slice _inner;      // [R]
    private readonly Slice _logits;     // [C]
    private readonly Slice _dOutputs;   // [N − 1 × D]
    private NextItemEvents _events;

    public ProductLossGradient(Runner runner, LearnedPart part, LossSize size, float temperature) : base(size)
    {
        (_runner, _temperature) = (runner, temperature);
        _backbone = runner.CreateGradient(part, size.Events - 1, Workspace);
        var D = runner.Shape.Width;
        (_adapted, _unit, _dUnit) = (Workspace.Reserve(D), Workspace.Reserve(D), Workspace.Reserve(D));
        (_inner, _logits) = (Workspace.Reserve(AdapterForm.Rank), Workspace.Reserve(size.Candidates));
        _dOutputs = Workspace.Reserve((size.Events - 1L) * D);
    }

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<float> weights, NextItemEvents events)
    {
        _events = events;
        _backbone.Begin(weights, events.Oldest(events.Count - 1)); // nothing is predicted from the last event
    }

    /// <inheritdoc/>
    public override float Evaluate(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        var (D, rows) = (_runner.Shape.Width, _events.Count - 1);
        _backbone.Forward(weights);
        var dOutputs = Workspace.Of(_dOutputs, rows * D);
        dOutputs[..((_events.First - 1) * D)].Clear();
        var loss = 0.0;
        for (var p = 0; p < _events.Predicted; p++)
        {
            var at = (_events.First - 1 + p) * D;
            loss += Predict(weights, p, _backbone.Outputs.Slice(at, D), gradient, dOutputs.Slice(at, D));
        }

        if (!gradient.IsEmpty) _backbone.Backward(weights, dOutputs, gradient);
        return (float)(loss / _events.Predicted);
    }

    /// <summary>−log softmax of event <paramref name="p"/>'s item, and the gradient of its share of the mean.</summary>
    private float Predict(ReadOnlySpan<float> weights, int p, ReadOnlySpan<float> output, Span<float> gradient, Span<float> dOutput)
    {
        var C = _events.Candidates.Length / (_events.Predicted * output.Length);
        var candidates = _events.Candidates.Span.Slice(p * C * output.Length, C * output.Length);
        var inner = Workspace.Of(_inner);
        var adapted = Workspace.Of(_adapted);
        var unit = Workspace.Of(_unit);
        var logits = Workspace.Of(_logits, C);
        AdapterGradient.Forward(_runner.Adapter, weights, output, inner, adapted);
        adapted.CopyTo(unit);
        if (_runner.Shape.Normalized) UnitLength.Scale(unit);
        MatrixVector.Multiply(candidates, [], unit, logits);
        TensorPrimitives.Divide(logits, _temperature, logits);
        var loss = CandidateSoftmax.LossAndGradient(logits);
        if (gradient.IsEmpty) return loss;

        TensorPrimitives.Divide(logits, _temperature * _events.Predicted, logits);
        var dUnit = Workspace.Of(_dUnit);
        dUnit.Clear();
        for (var c = 0; c < C; c++) TensorPrimitives.MultiplyAdd(candidates.Slice(c * dUnit.Length, dUnit.Length), logits[c], dUnit, dUnit);
        if (_runner.Shape.Normalized) UnitLengthGradient.Backward(adapted, unit, dUnit);
        AdapterGradient.Backward(_runner.Adapter, weights, output, inner, dUnit, dOutput, gradient);
        return loss;
    }
}
