using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Samples.Averages;

/// <summary>The backward pass of <see cref="AveragesRunner"/>. Without it a device learns the adapter alone.</summary>
public sealed class AveragesGradient : BackboneGradient
{
    private readonly AveragesRunner _runner;
    private readonly Slice _x;          // [N × D] what came in
    private readonly Slice _h;          // [N × D] the averages
    private readonly Slice _a;          // [D] σ(g)
    private readonly Slice _normed;     // [N × D]
    private readonly Slice _dNormed;    // [N × D]
    private readonly Slice _scratch;    // [D]
    private readonly Slice _next;       // [D] the gradient of h_t by way of h_{t+1}

    /// <param name="runner">Whose equations.</param>
    /// <param name="part">What is learned.</param>
    /// <param name="events">N, at most.</param>
    /// <param name="workspace">In which the buffers are reserved.</param>
    public AveragesGradient(AveragesRunner runner, LearnedPart part, int events, Workspace workspace)
        : base(runner, part, events, blocks: 1, runner.Shape.Width, workspace)
    {
        var (D, rows) = (runner.Shape.Width, (long)events * runner.Shape.Width);
        _runner = runner;
        (_x, _h, _normed, _dNormed) = (workspace.Reserve(rows), workspace.Reserve(rows), workspace.Reserve(rows), workspace.Reserve(rows));
        (_a, _scratch, _next) = (workspace.Reserve(D), workspace.Reserve(D), workspace.Reserve(D));
    }

    /// <inheritdoc/>
    protected override void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x)
    {
        var D = _runner.Shape.Width;
        var rows = x[..(Rows * D)];
        var a = Workspace.Of(_a);
        var all = Workspace.Of(_h, rows.Length);
        rows.CopyTo(Workspace.Of(_x));
        TensorPrimitives.Sigmoid(_runner.Gate.Of(weights), a);
        for (var t = 0; t < Rows; t++)
        {
            var h = all.Slice(t * D, D);
            if (t == 0) h.Clear();
            else all.Slice((t - 1) * D, D).CopyTo(h);
            AveragesRunner.Average(a, rows.Slice(t * D, D), h);
        }

        all.CopyTo(rows);
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient)
    {
        var D = _runner.Shape.Width;
        var a = Workspace.Of(_a);
        var x = Workspace.Of(_x);
        var h = Workspace.Of(_h);
        var next = Workspace.Of(_next);
        var dGate = _runner.Gate.Of(gradient);
        next.Clear();
        for (var t = Rows - 1; t >= 0; t--)
        {
            for (var d = 0; d < D; d++)
            {
                var dh = dx[t * D + d] + next[d];
                var before = t == 0 ? 0 : h[(t - 1) * D + d];
                dGate[d] += dh * (before - x[t * D + d]) * a[d] * (1 - a[d]);
                next[d] = dh * a[d];
                dx[t * D + d] = dh * (1 - a[d]);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs)
    {
        var normed = Workspace.Of(_normed, x.Length);
        _runner.Norm.Apply(weights, x, normed);
        _runner.Output.Apply(weights, normed, outputs);
    }

    /// <inheritdoc/>
    protected override void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient)
    {
        var dNormed = Workspace.Of(_dNormed, x.Length);
        LinearGradient.Backward(_runner.Output, weights, Workspace.Of(_normed, x.Length), dOutputs, dNormed, gradient);
        dx.Clear();
        NormGradient.Backward(_runner.Norm, weights, x, dNormed, dx, gradient, Workspace.Of(_scratch));
    }
}
