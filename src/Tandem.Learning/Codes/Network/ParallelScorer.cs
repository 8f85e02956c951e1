using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Protocol.Items;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// A parallel model as an evaluation sees it: an item's score is the sum of the log-probabilities of its codes, looked up for the whole
/// catalogue. Items of equal codes are ordered by their training events, and by what they are like where that is a part of it.
/// </summary>
public sealed class ParallelScorer : IItemScorer, IDisposable
{
    private readonly ParallelModel _model;
    private readonly CodeSums _sums;
    private readonly Tensor _codes;  // [L, K, D] as the heads read them
    private readonly float[] _bonus; // [V + 1]
    private readonly ContentScorer[] _contents;

    /// <param name="model">Switched to evaluation; it is not to be trained while the scorer is in use.</param>
    /// <param name="popularityWeight">b, see <see cref="CodeLossOptions.PopularityWeight"/>.</param>
    /// <param name="contents">What items are like, where it joins the scores; null, the default, or empty for codes alone.</param>
    /// <exception cref="ArgumentException">A level has more than 256 codes, or a content is that of another catalogue.</exception>
    public ParallelScorer(ParallelModel model, double popularityWeight, IReadOnlyList<JoinedContent>? contents = null)
    {
        model.eval();
        (_model, _sums) = (model, new CodeSums(model.Codes));
        _bonus = new float[model.Codes.Items + 1];
        TensorPrimitives.Multiply(model.Popularity, (float)popularityWeight, _bonus);
        _contents = ContentScorer.Of(contents ?? [], ItemCount);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        _codes = model.CodeVectors().DetachFromDisposeScope();
    }

    /// <summary>What scores.</summary>
    public ParallelModel Model => _model;

    /// <inheritdoc/>
    public string Kind => "parallel";

    /// <inheritdoc/>
    public int ItemCount => _model.Codes.Items;

    /// <summary>Lets go of what was made for it; the model lives on.</summary>
    public void Dispose()
    {
        _codes.Dispose();
        foreach (var content in _contents) content.Dispose();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        if (histories.IsEmpty) return;
        var tables = LogProbabilities(histories);
        var (length, width) = (_sums.Levels * CodeSums.TableSize, ItemCount + 1);
        for (var row = 0; row < histories.Length; row++)
        {
            var own = scores.Slice(row * width, width);
            _bonus.CopyTo(own);
            _sums.AddTo(tables.AsSpan(row * length, length), own[1..]);
        }

        var all = scores[..(histories.Length * width)];
        foreach (var content in _contents) TensorPrimitives.Add(all, content.OfOthers(histories), all);
    }

    /// <summary>[B, L, 256] log-probabilities of all codes; 0 in the places that no code has.</summary>
    private float[] LogProbabilities(ReadOnlySpan<History> histories)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var rows = new HistoryRows(histories, _model.Backbone);
        var states = _model.Backbone.Mix(
            _model.Items(rows.Ids).view(rows.Rows, rows.Steps, -1), rows.Features(histories, _model.Backbone));
        var logits = _model.Logits(states.flatten(0, 1).index_select(0, tensor(rows.Last)), _codes);
        var all = TensorValues.Copy(nn.functional.log_softmax(logits, -1));
        var (L, K, B) = (_model.Codes.Levels, _model.Codes.CodebookSize, rows.Rows);
        var tables = new float[B * _sums.Levels * CodeSums.TableSize];
        for (var i = 0; i < L * B; i++)                                                 // [L, B, K]
            all.AsSpan(i * K, K).CopyTo(tables.AsSpan((i % B * _sums.Levels + i / B) * CodeSums.TableSize));
        return tables;
    }
}
