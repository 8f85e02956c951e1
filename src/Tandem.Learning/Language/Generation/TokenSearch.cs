using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>What a search has written.</summary>
/// <param name="Tokens">Behind the prompt, the end token included where it was written.</param>
/// <param name="LogProbability">Natural logarithm of the tokens' joint probability over the whole vocabulary; no length penalty.</param>
public sealed record WrittenTokens(IReadOnlyList<int> Tokens, double LogProbability);

/// <summary>Beam search over the whole vocabulary; with one beam the likeliest token at each step (greedy).</summary>
/// <param name="model">Writes.</param>
/// <param name="vocabulary">V of the model.</param>
public sealed class TokenSearch(ILanguageModel model, int vocabulary)
{
    private static readonly Comparer<WrittenTokens> _byLikelihood =
        Comparer<WrittenTokens>.Create((a, b) => a.LogProbability.CompareTo(b.LogProbability));

    /// <summary>The likeliest continuations that the beams find, best first.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="beams">W: continuations that are kept at each step, 1 or more.</param>
    /// <param name="newTokens">Most tokens that are written, 1 or more.</param>
    /// <param name="ends">A continuation ends with any of these tokens; null, the default, where every token is like any other.</param>
    /// <param name="cancel">Ends the search between two steps.</param>
    /// <exception cref="ArgumentException">The prompt is empty or holds what is no token.</exception>
    public IReadOnlyList<WrittenTokens> Search(
        IReadOnlyList<int> prompt, int beams, int newTokens, IReadOnlyCollection<int>? ends = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(beams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(newTokens, 1);
        if (prompt.Count == 0 || prompt.Any(token => token < 0 || token >= vocabulary))
            throw new ArgumentException($"expected one token at least, each of 0 … {vocabulary - 1}", nameof(prompt));
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        try
        {
            return Write([.. prompt.Select(token => (long)token)], caches, beams, newTokens, ends ?? [], cancel);
        }
        finally
        {
            foreach (var cache in caches) cache.Dispose();
        }
    }

    private List<WrittenTokens> Write(
        long[] prompt, LayerCache[] caches, int beams, int newTokens, IReadOnlyCollection<int> ends, CancellationToken cancel)
    {
        var (live, ended) = (new List<WrittenTokens> { new([], 0) }, new List<WrittenTokens>());
        var states = model.EncodeLast(tensor(prompt, 1, prompt.Length), caches);        // [1, 1, D]
        for (var step = 1; ; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var next = Continue(live, states, beams);
            ended.AddRange(next.Where(n => ends.Contains(n.Written.Tokens[^1])).Select(n => n.Written));
            next.RemoveAll(n => ends.Contains(n.Written.Tokens[^1]));
            live = next.ConvertAll(n => n.Written);
            if (step == newTokens || live.Count == 0 || AreBetter(ended, live[0], beams))
                return [.. ended.Concat(live).OrderDescending(_byLikelihood).Take(beams)];
            Reorder(caches, next);
            states.Dispose();
            states = model.Advance(tensor(live.ConvertAll(w => (long)w.Tokens[^1]).ToArray(), 1, live.Count), caches);
        }
    }

    /// <summary>Whether as many as are wanted have ended that are likelier than any that goes on can become.</summary>
    private static bool AreBetter(List<WrittenTokens> ended, WrittenTokens best, int beams) =>
        ended.Count(w => w.LogProbability >= best.LogProbability) >= beams;

    /// <summary>The best continuations by one token, best first, each with the beam that it continues.</summary>
    private List<(int Parent, WrittenTokens Written)> Continue(List<WrittenTokens> live, Tensor states, int beams)
    {
        using var scope = NewDisposeScope();
        var logs = model.Logits(states, new(0, vocabulary)).to(ScalarType.Float64).log_softmax(-1).view(live.Count, vocabulary);
        var sums = logs.Plus(tensor(live.ConvertAll(w => w.LogProbability).ToArray(), live.Count, 1)).view(-1);
        var (best, places) = sums.topk((int)Math.Min(beams, sums.shape[0]));
        return
        [
            .. best.data<double>().Zip(places.data<long>(), (sum, place) => (
                (int)(place / vocabulary),
                new WrittenTokens([.. live[(int)(place / vocabulary)].Tokens, (int)(place % vocabulary)], sum))),
        ];
    }

    /// <summary>The first step has no beams yet: all continue the prompt.</summary>
    private static void Reorder(LayerCache[] caches, List<(int Parent, WrittenTokens Written)> next)
    {
        if (!caches[0].HasBeams) return;
        using var parents = tensor(next.ConvertAll(n => (long)n.Parent).ToArray(), 1, next.Count);
        foreach (var cache in caches) cache.Reorder(parents);
    }
}
