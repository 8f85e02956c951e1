using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// TTT4Rec (arXiv 2409.19142). The state carries, of each block, the weights of the heads' inner models as the mini-batch began, the sums
/// of what its events wrote since, and the tails of the convolutions; the place in the mini-batch follows from the number of events, and
/// when the mini-batch began stands in the first of the times, for seconds are no float32. It is never reset: any number of events
/// may follow each other.
/// </summary>
internal sealed class TttRunner : Runner
{
    private const float Epsilon = 1e-12f;   // of the embedding's norm, as in training
    private const int MostRowsAtOnce = 256;
    private const int MostRows = 16;        // taken through the blocks together: beyond that products gain nothing

    private readonly TttShape _shape;
    private readonly NormLayer _embeddingNorm;
    private readonly TttBlock[] _blocks;
    private readonly RmsNormLayer _norm;

    /// <param name="shape">Checked dimensions.</param>
    public TttRunner(TttShape shape) : base(shape)
    {
        _shape = shape;
        _embeddingNorm = NormLayer.Add(Layout, "backbone.embedding_norm", shape.Width);
        var rotation = new TttRotation(shape.MiniBatch, shape.HeadWidth, shape.RopeBase);
        _blocks = [.. Enumerable.Range(0, shape.Blocks).Select(i => new TttBlock(Layout, $"backbone.blocks.{i}", shape, rotation))];
        _norm = RmsNormLayer.Add(Layout, "backbone.norm", shape.Width);
    }

    /// <summary>Floats that a user's state carries.</summary>
    public int Carried => _blocks.Length * _blocks[0].Carried;

    /// <summary>Floats of scratch of a run.</summary>
    public int Scratch => TttScratch.Length(MostRows, _shape, _blocks[0].ScratchLength(MostRows));

    /// <inheritdoc/>
    public override int EventsAtOnce => Math.Min(_shape.Window, MostRowsAtOnce);

    /// <inheritdoc/>
    public override UserState CreateState() => new(Carried, Scratch, _shape.Width, times: 1);

    /// <inheritdoc/>
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new TttOutputs(this, part, events, workspace);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var progress = new TttProgress(state.Carried, state.Scratch) { Events = state.Events, Began = state.Times[0] };
        Run(weights, ref progress, events, state.Output);
        state.Times[0] = progress.Began;
    }

    /// <summary>Takes in events, and gives the output after each of them or after the last alone, before the adapter.</summary>
    /// <param name="weights">By <see cref="Runner.Layout"/>.</param>
    /// <param name="progress">Moved on.</param>
    /// <param name="events">N of them.</param>
    /// <param name="outputs">[N × D], or [D] of the last; may be the rows of <paramref name="events"/>.</param>
    public void Run(ReadOnlySpan<float> weights, ref TttProgress progress, in EventSpan events, Span<float> outputs)
    {
        var (D, N, skipped) = (_shape.Width, events.Count, events.Count - outputs.Length / _shape.Width);
        if (progress.Events == 0) Begin(weights, progress.Carried);
        for (var first = 0; first < N; first += MostRows)
        {
            var rows = Math.Min(MostRows, N - first);
            var piece = events.Slice(first, rows);
            var scratch = new TttScratch(progress.Scratch, rows, _shape);
            var wanted = Math.Clamp(skipped - first, 0, rows);
            _embeddingNorm.Apply(weights, piece.Rows, scratch.X, Epsilon);
            var span = progress.Next(piece, _shape.MiniBatch);
            for (var b = 0; b < _blocks.Length; b++)
                _blocks[b].Run(weights, scratch, CarriedBy(b, progress.Carried), span, b == _blocks.Length - 1 ? wanted : 0);
            progress.Pass(piece.Times, _shape.MiniBatch);
            if (wanted == rows) continue;
            _norm.Apply(weights, scratch.X[(wanted * D)..], outputs.Slice((first + wanted - skipped) * D, (rows - wanted) * D));
        }
    }

    private void Begin(ReadOnlySpan<float> weights, Span<float> carried)
    {
        for (var b = 0; b < _blocks.Length; b++) _blocks[b].Begin(weights, CarriedBy(b, carried));
    }

    private Span<float> CarriedBy(int block, Span<float> carried) => carried.Slice(block * _blocks[block].Carried, _blocks[block].Carried);
}
