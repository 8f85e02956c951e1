using Tandem.Device.Kernels;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Models;

/// <summary>
/// A backbone without Torch: the equations of its counterpart in training, in evaluation. It holds neither weights nor a user's state, so
/// any number of users and threads share it.
/// </summary>
/// <remarks>
/// A derived runner adds its tensors to <see cref="Layout"/> in its constructor, by the names that they have in training under
/// <c>backbone.</c>, and gives <see cref="CreateState"/> and <see cref="Run"/>. That suffices for ranking and for learning the adapter.
/// What follows the last event's output (adapter, unit length, scores) is the base's. Weights were checked to be finite and of the layout's
/// shapes; that they rank without overflow is tried before they serve.
/// </remarks>
public abstract class Runner
{
    /// <param name="shape">Checked dimensions.</param>
    protected Runner(BackboneShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape = shape;
        Adapter = new(Layout, shape.Width);
    }

    /// <summary>Dimensions.</summary>
    public BackboneShape Shape { get; }

    /// <summary>Where its weights lie.</summary>
    public ParameterLayout Layout { get; } = new();

    /// <summary>What the device can learn of a user at the least cost.</summary>
    internal Adapter Adapter { get; }

    /// <summary>
    /// True where there is a backward pass to the weights of a part. Default: to the adapter alone, which needs nothing of the backbone; a
    /// runner that says more gives <see cref="Part"/> and <see cref="CreateGradient"/> too.
    /// </summary>
    /// <param name="part">Of the model.</param>
    public virtual bool CanLearn(LearnedPart part) => part == LearnedPart.Adapter;

    /// <summary>The weights that a part of the model is made of, the adapter's included. Default: the adapter's.</summary>
    /// <param name="part">One that <see cref="CanLearn"/> allows.</param>
    public virtual IReadOnlyList<Slice> Part(LearnedPart part) => CanLearn(part) && part == LearnedPart.Adapter
        ? Layout.From(null)
        : throw new ArgumentOutOfRangeException(nameof(part), part, $"a {Shape.Kind} backbone has no backward pass to it");

    /// <summary>True where an item's score is ⟨output, row⟩; false where <see cref="Score"/> alone knows.</summary>
    internal virtual bool ScoresByProduct => true;

    /// <summary>
    /// Most events that are handed over at once: the window, where one pass over all of it is cheaper than several, or as many as gain by
    /// it. Default: the window.
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
    public void Advance(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        ArgumentNullException.ThrowIfNull(state);
        TakeIn(weights, state, events);
        if (!ScoresByProduct) return; // the adapter then changes what a target reads of the user
        Adapter.Apply(weights, state.Output);
        if (Shape.Normalized) UnitLength.Scale(state.Output);
    }

    /// <summary>
    /// The equations: takes in events, changes what is carried, and writes <see cref="UserState.Output"/> after the last of them. Allocates
    /// nothing. <see cref="UserState.Events"/> still counts the events before; at 0 nothing that is carried has a meaning yet.
    /// </summary>
    /// <param name="weights">By <see cref="Layout"/>.</param>
    /// <param name="state">From <see cref="CreateState"/>.</param>
    /// <param name="events">N of them, 1 ≤ N ≤ T.</param>
    protected abstract void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events);

    /// <summary><see cref="Advance"/> without what follows the output.</summary>
    internal void TakeIn(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        Run(weights, state, events);
        state.Events += events.Count;
    }

    /// <summary>The outputs of a whole sequence and their backward pass. Default: outputs alone, for learning the adapter.</summary>
    /// <param name="part">One that <see cref="CanLearn"/> allows.</param>
    /// <param name="events">N, at most.</param>
    /// <param name="workspace">In which the gradient reserves its buffers.</param>
    public virtual BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new RunnerOutputs(this, part, events, workspace);

    /// <summary>Scores of items for the user, higher is better.</summary>
    /// <param name="weights">By <see cref="Layout"/>.</param>
    /// <param name="state">Its scratch is used.</param>
    /// <param name="rows">[N × D] rows of the item table.</param>
    /// <param name="scores">[N].</param>
    internal virtual void Score(ReadOnlySpan<float> weights, UserState state, ReadOnlySpan<float> rows, Span<float> scores) =>
        MatrixVector.Multiply(rows, [], state.Output, scores);
}
