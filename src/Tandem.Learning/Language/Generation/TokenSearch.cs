using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>What a search has written.</summary>
/// <param name="Tokens">Behind the prompt, the end token included where it was written.</param>
/// <param name="LogProbability">Natural logarithm of the tokens' joint probability over the whole vocabulary; no length penalty.</param>
public sealed record WrittenTokens(IReadOnlyList<int> Tokens, double LogProbability);

/// <summary>Beam search over the whole vocabulary; with one beam the likeliest token at each step (greedy).</summary>
/// <param name="model">Writes.</param>
public sealed class TokenSearch(ILanguageModel model)
{
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
        return Search([prompt], beams, newTokens, ends, cancel)[0];
    }

    /// <summary>For each of several prompts the likeliest continuations that the beams find, best first.</summary>
    /// <param name="prompts">Of any lengths, at least one token each; shorter ones cost as much as the longest.</param>
    /// <param name="beams">W: continuations that are kept at each step, 1 or more.</param>
    /// <param name="newTokens">Most tokens that are written, 1 or more.</param>
    /// <param name="ends">A continuation ends with any of these tokens; null, the default, where every token is like any other.</param>
    /// <param name="cancel">Ends the search between two steps.</param>
    /// <exception cref="ArgumentException">A prompt is empty or holds what is no token.</exception>
    public IReadOnlyList<WrittenTokens>[] Search(
        IReadOnlyList<IReadOnlyList<int>> prompts, int beams, int newTokens, IReadOnlyCollection<int>? ends = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfLessThan(beams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(newTokens, 1);
        if (prompts.Any(prompt => prompt.Count == 0 || prompt.Any(token => token < 0 || token >= model.Vocabulary)))
            throw new ArgumentException($"expected one token at least, each of 0 … {model.Vocabulary - 1}", nameof(prompts));
        if (prompts.Count == 0) return [];
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        try
        {
            return Write(prompts, caches, [.. prompts.Select(_ => new TokenBeams(beams, ends ?? []))], newTokens, cancel);
        }
        finally
        {
            foreach (var cache in caches) cache.Dispose();
        }
    }

    private IReadOnlyList<WrittenTokens>[] Write(
        IReadOnlyList<IReadOnlyList<int>> prompts, LayerCache[] caches, TokenBeams[] groups, int newTokens, CancellationToken cancel)
    {
        var (B, W) = (groups.Length, groups[0].Parents.Length);
        var (tokens, isText) = PromptBatch.Of(prompts);
        var states = model.EncodeLast(tokens, caches, isText);                          // [B, 1, D]
        for (var step = 1; ; step++)
        {
            cancel.ThrowIfCancellationRequested();
            Continue(groups, states);
            if (step == newTokens || Array.TrueForAll(groups, group => group.AreDone))
                return Array.ConvertAll(groups, group => group.Results(step));
            using var scope = NewDisposeScope();
            var parents = tensor(groups.SelectMany(group => group.Parents).ToArray(), B, W);
            foreach (var cache in caches.Where(cache => cache.HasBeams && W > 1)) cache.Reorder(parents);
            states.Dispose();
            states = model.Advance(tensor(groups.SelectMany(group => group.Tokens).ToArray(), B, W), caches) // [B, W, D]
                .MoveToOuterDisposeScope();
        }
    }

    /// <param name="groups">B, each advanced by a step.</param>
    /// <param name="states">[B, W or 1, D].</param>
    private void Continue(TokenBeams[] groups, Tensor states)
    {
        using var scope = NewDisposeScope();
        var (B, beams, V) = (groups.Length, (int)states.shape[1], model.Vocabulary);
        var logs = model.Logits(states, new(0, V)).to(ScalarType.Float32).log_softmax(-1);
        var before = tensor(groups.SelectMany(group => group.Scores.Take(beams)).ToArray(), B, beams, 1, device: logs.device);
        var (sums, places) = logs.Plus(before).view(B, -1).topk((int)Math.Min(groups[0].Parents.Length, (long)beams * V));
        var (likelihoods, logProbabilities) = (Rows(sums), Rows(logs.view(B, -1).gather(1, places)));
        var chosen = places.cpu().data<long>().ToArray().Chunk((int)places.shape[1]).ToArray();
        for (var b = 0; b < B; b++)
        {
            groups[b].Continue(Enumerable.Range(0, chosen[b].Length).Where(i => !float.IsNegativeInfinity(likelihoods[b][i]))
                .Select(i => ((int)(chosen[b][i] / V), (int)(chosen[b][i] % V), logProbabilities[b][i])));
        }

        static float[][] Rows(Tensor values) => [.. TensorValues.Copy(values).Chunk((int)values.shape[1])];
    }
}
