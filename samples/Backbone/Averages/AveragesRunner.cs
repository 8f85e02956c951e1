using System.Numerics.Tensors;
using Tandem.Device.Models;

namespace Tandem.Samples.Averages;

/// <summary>The equations of <see cref="MovingAverages"/> on a device. The state carries h, [D].</summary>
public sealed class AveragesRunner : Runner
{
    /// <param name="shape">Checked dimensions.</param>
    public AveragesRunner(AveragesShape shape) : base(shape)
    {
        Gate = Layout.Add("backbone.gate", shape.Width);
        Norm = NormLayer.Add(Layout, "backbone.norm", shape.Width);
        Output = LinearLayer.Add(Layout, "backbone.output", shape.Width, shape.Width);
    }

    /// <summary>[D] g.</summary>
    public Slice Gate { get; }

    /// <summary>Before the linear layer.</summary>
    public NormLayer Norm { get; }

    /// <summary>D → D.</summary>
    public LinearLayer Output { get; }

    /// <summary>Everything: there is a backward pass, and the one block is the last.</summary>
    public override bool CanLearn(LearnedPart part) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Slice> Part(LearnedPart part) => Layout.From(part == LearnedPart.Adapter ? null : "backbone.gate");

    /// <inheritdoc/>
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new AveragesGradient(this, part, events, workspace);

    /// <inheritdoc/>
    public override UserState CreateState() => new(carried: Shape.Width, scratch: 3 * Shape.Width, Shape.Width, times: 0);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var D = Shape.Width;
        var h = state.Carried;
        var a = state.Scratch[..D];
        var x = state.Scratch.Slice(D, D);
        var normed = state.Scratch.Slice(2 * D, D);
        if (state.Events == 0) h.Clear();
        TensorPrimitives.Sigmoid(Gate.Of(weights), a);
        for (var t = 0; t < events.Count; t++)
        {
            TensorPrimitives.Multiply(events.Rows.Slice(t * D, D), MathF.Sqrt(D), x);
            Average(a, x, h);
        }

        Norm.Apply(weights, h, normed);
        Output.Apply(weights, normed, state.Output);
    }

    /// <summary>h ← x + a ⊙ (h − x).</summary>
    internal static void Average(ReadOnlySpan<float> a, ReadOnlySpan<float> x, Span<float> h)
    {
        TensorPrimitives.Subtract(h, x, h);
        TensorPrimitives.MultiplyAdd(h, a, x, h);
    }
}
