using Tandem.Device.Kernels;
using Tandem.Device.Learning;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// A backbone without Torch: the equations of its counterpart in <c>Tandem.Learning.Backbones</c> in evaluation. It holds neither
/// weights nor a user's state, so any number of users and threads share it.
/// </summary>
internal abstract class Runner
{
    /// <param name="shape">Checked dimensions.</param>
    private protected Runner(BackboneShape shape)
    {
        Shape = shape;
        Adapter = new(Layout, shape.Width);
    }

    /// <summary>Dimensions.</summary>
    public BackboneShape Shape { get; }

    /// <summary>The runner of a kind.</summary>
    /// <exception cref="SafetensorsException">There is none, or one array cannot hold its weights.</exception>
    public static Runner Of(BackboneShape shape) => shape switch
    {
        SasRecShape s => new SasRecRunner(s),
        Gru4RecShape s => new Gru4RecRunner(s),
        HstuShape s => new HstuRunner(s),
        DinShape s => new DinRunner(s),
        TttShape s => new TttRunner(s),
        _ => throw new SafetensorsException($"backbone '{shape.Kind}' has no runtime; update the app"),
    };

    /// <summary>Where its weights lie.</summary>
    public ParameterLayout Layout { get; } = new();

    /// <summary>What the device can learn of a user at the least cost.</summary>
    public Adapter Adapter { get; }

    /// <summary>True where there is a backward pass to the weights of a part.</summary>
    public virtual bool CanLearn(LearnedPart part) => true;

    /// <summary>The weights that a part of the model is made of, which <see cref="CanLearn"/> allows.</summary>
    public abstract IReadOnlyList<Slice> Part(LearnedPart part);

    /// <summary>True where an item's score is ⟨output, row⟩; false where <see cref="Score"/> alone knows.</summary>
    public virtual bool ScoresByProduct => true;

    /// <summary>
    /// Most events that are handed over at once: the window, where one pass over all of it is cheaper than several, or as many as gain by it.
    /// </summary>
    public virtual int EventsAtOnce => Shape.Window;

    /// <summary>An empty state with all the memory that it will ever need.</summary>
    public abstract UserState CreateState();

    /// <summary>
    /// Takes in events that follow those of the state: one, or a whole sequence at once. However a sequence is cut, the state ends the
    /// same, up to rounding.
    /// </summary>
    /// <param name="weights">By <see cref="Layout"/>.</param>
    /// <param name="state">Of at most T − N events, unless it is never reset.</param>
    /// <param name="events">N of them, 1 ≤ N ≤ T.</param>
    public abstract void Advance(ReadOnlySpan<float> weights, UserState state, in EventSpan events);

    /// <summary>Scores of items for the user, higher is better.</summary>
    /// <param name="weights">By <see cref="Layout"/>.</param>
    /// <param name="state">Its scratch is used.</param>
    /// <param name="rows">[N × D] rows of the item table.</param>
    /// <param name="scores">[N].</param>
    public virtual void Score(ReadOnlySpan<float> weights, UserState state, ReadOnlySpan<float> rows, Span<float> scores) =>
        MatrixVector.Multiply(rows, [], state.Output, scores);

    /// <summary>Ends <see cref="Advance"/>: the events count, and the output passes the adapter and gets length 1 where the model says so.</summary>
    private protected void Finish(ReadOnlySpan<float> weights, UserState state, int events)
    {
        state.Events += events;
        Adapter.Apply(weights, state.Output);
        if (Shape.Normalized) UnitLength.Scale(state.Output);
    }
}
