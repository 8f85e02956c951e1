using System.Numerics.Tensors;
using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Protocol.Parameters;

namespace Tandem.Device.Learning;

/// <summary>
/// The loss of DIN, which reads the history anew for each candidate. Events are gone through one after another, forth and back, so
/// that buffers are of one event's size; where attention is not learned, what the candidates read is kept for all of them.
/// </summary>
internal sealed class DinLossGradient : LossGradient
{
    private readonly DinRunner _runner;
    private readonly LearnedPart _part;
    private readonly float _temperature;
    private readonly DinAttentionGradient _attention;
    private readonly DinAnswerGradient _answer;
    private readonly Slice _interests;  // [P × C × D] u; of one event where attention is learned
    private readonly Slice _adapted;    // [C × D] u after the adapter; in the backward pass its gradient
    private readonly Slice _dInterest;  // [C × D]
    private readonly Slice _targets;    // [C × D]
    private readonly Slice _inner;      // [C × R]
    private readonly Slice _scores;     // [C]
    private NextItemEvents _events;

    public DinLossGradient(DinRunner runner, LearnedPart part, LossSize size, float temperature) : base(size)
    {
        (_runner, _part, _temperature) = (runner, part, temperature);
        _attention = new(runner, size.Events - 1, size.Candidates, Workspace);
        _answer = new(runner, part != LearnedPart.Adapter, size.Candidates, Workspace);
        var rows = (long)size.Candidates * runner.Shape.Width;
        _interests = Workspace.Reserve(part == LearnedPart.All ? rows : (long)size.Rows * runner.Shape.Width);
        (_adapted, _dInterest, _targets) = (Workspace.Reserve(rows), Workspace.Reserve(rows), Workspace.Reserve(rows));
        (_inner, _scores) = (Workspace.Reserve((long)size.Candidates * AdapterForm.Rank), Workspace.Reserve(size.Candidates));
    }

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<float> weights, NextItemEvents events)
    {
        _events = events;
        _attention.Begin(events.Items.Span[..((events.Count - 1) * _runner.Shape.Width)]);
        if (_part == LearnedPart.All) return;
        for (var p = 0; p < events.Predicted; p++) _attention.Forward(weights, events.First + p, Targets(p), Interest(p));
    }

    /// <inheritdoc/>
    public override float Evaluate(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        var loss = 0.0;
        for (var p = 0; p < _events.Predicted; p++) loss += Predict(weights, p, gradient);
        return (float)(loss / _events.Predicted);
    }

    private int Candidates => _events.Candidates.Length / (_events.Predicted * _runner.Shape.Width);

    private float Predict(ReadOnlySpan<float> weights, int p, Span<float> gradient)
    {
        var (D, C) = (_runner.Shape.Width, Candidates);
        var targets = Targets(p);
        var interest = Interest(p);
        var adapted = Workspace.Of(_adapted, C * D);
        var scores = Workspace.Of(_scores, C);
        if (_part == LearnedPart.All) _attention.Forward(weights, _events.First + p, targets, interest);
        for (var c = 0; c < C; c++)
            AdapterGradient.Forward(_runner.Adapter, weights, interest.Slice(c * D, D), Inner(c), adapted.Slice(c * D, D));
        _answer.Forward(weights, adapted, targets, scores);
        TensorPrimitives.Divide(scores, _temperature, scores);
        var loss = CandidateSoftmax.LossAndGradient(scores);
        if (gradient.IsEmpty) return loss;

        TensorPrimitives.Divide(scores, _temperature * _events.Predicted, scores);
        _answer.Backward(weights, targets, scores, adapted, gradient);
        var dInterest = Workspace.Of(_dInterest, C * D);
        for (var c = 0; c < C; c++)
        {
            AdapterGradient.Backward(
                _runner.Adapter, weights, interest.Slice(c * D, D), Inner(c), adapted.Slice(c * D, D), dInterest.Slice(c * D, D), gradient);
        }

        if (_part == LearnedPart.All) _attention.Backward(weights, _events.First + p, targets, dInterest, gradient);
        return loss;
    }

    /// <summary>[C × D] t of an event's candidates.</summary>
    private Span<float> Targets(int p)
    {
        var length = Candidates * _runner.Shape.Width;
        var targets = Workspace.Of(_targets, length);
        TensorPrimitives.Multiply(_events.Candidates.Span.Slice(p * length, length), MathF.Sqrt(_runner.Shape.Width), targets);
        return targets;
    }

    private Span<float> Interest(int p)
    {
        var length = Candidates * _runner.Shape.Width;
        return Workspace.Of(_interests).Slice(_part == LearnedPart.All ? 0 : p * length, length);
    }

    private Span<float> Inner(int c) => Workspace.Of(_inner).Slice(c * AdapterForm.Rank, AdapterForm.Rank);
}
