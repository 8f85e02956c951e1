using System.Numerics.Tensors;

namespace Tandem.Device.Models;

/// <summary>
/// A backbone over a whole sequence at once, as training runs it, and its backward pass. What comes before the learned part is computed
/// once, when a sequence begins.
/// </summary>
/// <remarks>
/// The stream is [N × width] between blocks; a block reads and overwrites it. Nothing is allocated after the constructor.
/// </remarks>
public abstract class BackboneGradient
{
    private readonly LearnedPart _part;
    private readonly int _blocks;
    private readonly int _width;
    private readonly Slice _start;      // [N × widest row] what the learned part reads
    private readonly Slice _x;          // [N × widest row] the stream
    private readonly Slice _dx;         // [N × widest row]
    private readonly Slice _outputs;    // [N × D]

    /// <param name="runner">Whose equations.</param>
    /// <param name="part">What is learned.</param>
    /// <param name="events">N, at most.</param>
    /// <param name="blocks">Blocks or layers between the embedding and the end.</param>
    /// <param name="widest">Width of the widest row between blocks.</param>
    /// <param name="workspace">In which the buffers are reserved; it allocates them all at the first use.</param>
    protected BackboneGradient(Runner runner, LearnedPart part, int events, int blocks, int widest, Workspace workspace)
    {
        (_part, _blocks, _width, Workspace) = (part, blocks, runner.Shape.Width, workspace);
        var stream = (long)events * widest;
        (_start, _x, _dx) = (workspace.Reserve(stream), workspace.Reserve(stream), workspace.Reserve(stream));
        _outputs = workspace.Reserve((long)events * _width);
    }

    /// <summary>[N × D] before the adapter.</summary>
    public ReadOnlySpan<float> Outputs => Workspace.Of(_outputs, Rows * _width);

    /// <summary>The buffers of this backbone; what a derived class reserves in its constructor is read from here.</summary>
    protected Workspace Workspace { get; }

    /// <summary>N of the sequence that was begun.</summary>
    protected int Rows { get; private set; }

    /// <summary>Blocks whose way forth is to be kept; one at least, for the rest run through it too.</summary>
    /// <param name="part">What is learned.</param>
    /// <param name="blocks">Blocks of the backbone.</param>
    protected static int Kept(LearnedPart part, int blocks) => part == LearnedPart.All ? blocks : 1;

    private int FirstLearned => _part switch { LearnedPart.Adapter => _blocks, LearnedPart.LastBlock => _blocks - 1, _ => 0 };

    /// <summary>Takes a sequence and computes what the part cannot change.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="events">N of them.</param>
    public void Begin(ReadOnlySpan<float> weights, in EventSpan events)
    {
        Rows = events.Count;
        TakeContext(events);
        var x = Workspace.Of(_x);
        TensorPrimitives.Multiply(events.Rows, EmbeddingScale, x);
        if (_part != LearnedPart.All) Embed(weights, x[..events.Rows.Length]);
        for (var b = 0; b < FirstLearned; b++) Forward(weights, b, tape: 0, x);
        if (_part == LearnedPart.Adapter) Finish(weights, Ends(x), Workspace.Of(_outputs, Rows * _width));
        else x.CopyTo(Workspace.Of(_start));
    }

    /// <summary>Makes <see cref="Outputs"/> anew with other weights of the part.</summary>
    /// <param name="weights">By the layout.</param>
    public void Forward(ReadOnlySpan<float> weights)
    {
        if (_part == LearnedPart.Adapter) return;
        var x = Workspace.Of(_x);
        Workspace.Of(_start).CopyTo(x);
        if (_part == LearnedPart.All) Embed(weights, x[..(Rows * _width)]);
        for (var b = FirstLearned; b < _blocks; b++) Forward(weights, b, b - FirstLearned, x);
        Finish(weights, Ends(x), Workspace.Of(_outputs, Rows * _width));
    }

    /// <summary>The gradient of the part's weights.</summary>
    /// <param name="weights">By the layout, the same as in <see cref="Forward(ReadOnlySpan{float})"/>.</param>
    /// <param name="dOutputs">[N × D], overwritten.</param>
    /// <param name="gradient">By the layout, added to.</param>
    public void Backward(ReadOnlySpan<float> weights, Span<float> dOutputs, Span<float> gradient)
    {
        if (_part == LearnedPart.Adapter) return;
        var dx = Workspace.Of(_dx);
        FinishBackward(weights, Ends(Workspace.Of(_x)), dOutputs, Ends(dx), gradient);
        for (var b = _blocks - 1; b >= FirstLearned; b--) Backward(weights, b, b - FirstLearned, dx, gradient);
        if (_part == LearnedPart.All) EmbedBackward(dx[..(Rows * _width)], gradient);
    }

    /// <summary>What the rows of items are multiplied by. Default √D.</summary>
    protected virtual float EmbeddingScale => MathF.Sqrt(_width);

    /// <summary>Width of a row after the last block. Default D.</summary>
    protected virtual int EndWidth => _width;

    /// <summary>Takes what the backbone reads of the events beside their rows.</summary>
    /// <param name="events">N of them.</param>
    protected virtual void TakeContext(in EventSpan events)
    {
    }

    /// <summary>Adds what is learned of places to the rows. Default: nothing.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × D], changed in place.</param>
    protected virtual void Embed(ReadOnlySpan<float> weights, Span<float> x)
    {
    }

    /// <summary>The gradient of what <see cref="Embed"/> added.</summary>
    /// <param name="dx">[N × D].</param>
    /// <param name="gradient">By the layout, added to.</param>
    protected virtual void EmbedBackward(ReadOnlySpan<float> dx, Span<float> gradient)
    {
    }

    /// <summary>Runs a block, which reads and overwrites the stream.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="block">Its number.</param>
    /// <param name="tape">Where its way forth is kept.</param>
    /// <param name="x">All of the stream's buffer.</param>
    protected abstract void Forward(ReadOnlySpan<float> weights, int block, int tape, Span<float> x);

    /// <summary>Runs a block's backward pass.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="block">Its number.</param>
    /// <param name="tape">Where its way forth was kept.</param>
    /// <param name="dx">All of the buffer: the gradient after the block becomes that before it.</param>
    /// <param name="gradient">By the layout, added to.</param>
    protected abstract void Backward(ReadOnlySpan<float> weights, int block, int tape, Span<float> dx, Span<float> gradient);

    /// <summary>From the stream after the last block to the outputs.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × width of the end].</param>
    /// <param name="outputs">[N × D], overwritten.</param>
    protected abstract void Finish(ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> outputs);

    /// <summary>The backward pass of <see cref="Finish"/>.</summary>
    /// <param name="weights">By the layout.</param>
    /// <param name="x">[N × width of the end] what <see cref="Finish"/> read.</param>
    /// <param name="dOutputs">[N × D], overwritten.</param>
    /// <param name="dx">[N × width of the end], overwritten.</param>
    /// <param name="gradient">By the layout, added to.</param>
    protected abstract void FinishBackward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> x, Span<float> dOutputs, Span<float> dx, Span<float> gradient);

    private Span<float> Ends(Span<float> x) => x[..(Rows * EndWidth)];
}
