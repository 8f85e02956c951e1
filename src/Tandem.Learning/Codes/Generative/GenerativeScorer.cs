using Tandem.Data;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Protocol.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes.Generative;

/// <summary>
/// A generative model as an evaluation sees it: the items that its beams end in have their log-probabilities, calibrated where it is; all
/// others −∞, so that an item that no beam found is a miss.
/// </summary>
public sealed class GenerativeScorer : IItemScorer, IDisposable
{
    private readonly int _beams;

    /// <param name="model">Switched to evaluation; it is not to be trained while the scorer is in use.</param>
    /// <param name="items">As it writes them.</param>
    /// <param name="lists">What makes lists of what it says.</param>
    /// <param name="window">Longest history that it reads, in items.</param>
    /// <param name="beams">W.</param>
    /// <param name="contents">
    /// What items are like, where it orders lists anew (<see cref="ListHead"/>); null, the default, or empty for ln p alone.
    /// </param>
    /// <param name="prompt">
    /// What it reads of the last items of a history, as tokens; null, the default, for their tokens behind the start token.
    /// </param>
    /// <exception cref="ArgumentException">A content is that of another catalogue, or the model is no network.</exception>
    public GenerativeScorer(
        ILanguageModel model, ItemTokens items, GenerativeLists lists, int window, int beams,
        IReadOnlyList<JoinedContent>? contents = null, Func<IReadOnlyList<int>, int[]>? prompt = null)
    {
        Network = model as nn.Module ?? throw new ArgumentException("expected a network of Torch's", nameof(model));
        Network.eval();
        _beams = beams;
        var trie = new ItemTrie(items, lists.Events);
        Search = new(
            model, trie, window, beams: beams, calibration: lists.Calibration, head: ListHead.Of(contents ?? [], items.Items),
            prompt: prompt);
    }

    /// <summary>The model.</summary>
    public nn.Module Network { get; }

    /// <summary>Makes lists, of more items than beams where that many are asked for.</summary>
    public ItemSearch Search { get; }

    /// <inheritdoc/>
    public string Kind => "generative";

    /// <inheritdoc/>
    public int ItemCount => Search.Items;

    /// <summary>Lets go of the model.</summary>
    public void Dispose() => Network.Dispose();

    /// <inheritdoc/>
    /// <remarks>Only the W items of the beams have a finite score. Items of the history may be among them.</remarks>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        int[][] read = [.. histories.ToArray().Select(history => history.Items.ToArray())];
        var found = Search.Search(read, [.. read.Select(_ => _beams)], _ => true, CancellationToken.None);
        var width = ItemCount + 1;
        scores[..(read.Length * width)].Fill(float.NegativeInfinity);
        for (var row = 0; row < read.Length; row++)
        {
            foreach (var (item, score) in found[row]) scores[row * width + item] = score;
        }
    }

    /// <summary>The calibration that a model's lists ask for.</summary>
    /// <param name="scorer">Not calibrated.</param>
    /// <param name="cases">Validation events.</param>
    /// <param name="maskSeen">True to leave items of the history out.</param>
    /// <param name="report">Receives how many lists are made.</param>
    internal static ListCalibration? Calibrate(GenerativeScorer scorer, Training.RankedCases cases, bool maskSeen, Action<int> report)
    {
        var (scores, right) = (new List<float>(), new List<bool>());
        foreach (var some in Enumerable.Range(0, cases.Count).OrderBy(i => cases.History(i).Length).ThenBy(i => i).Chunk(256))
        {
            int[][] read = [.. some.Select(i => cases.History(i).Items.ToArray())];
            var found = scorer.Search.Search(read, [.. read.Select(_ => scorer._beams)], _ => !maskSeen, CancellationToken.None);
            for (var i = 0; i < some.Length; i++)
            {
                scores.AddRange(found[i].Select(f => f.LogProbability));
                right.AddRange(found[i].Select(f => f.Item == cases.Target(some[i])));
            }

            report(scores.Count / Math.Max(1, scorer._beams));
        }

        return ListCalibration.Fit(scores, right);
    }
}
