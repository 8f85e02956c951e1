using System.Numerics.Tensors;
using Tandem.Learning.Text;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Language.Generation;

/// <summary>
/// Orders the items that beams found anew: by log p and, beside it, a dense score of what each is like (LIGER, arXiv 2411.18814, whose
/// candidates are generated and ranked so). No item comes to a list by it and none is taken away, and the items of a list keep their
/// probability as a whole, so that scores stay log-probabilities. For use by several threads at once.
/// </summary>
public sealed class ListHead
{
    private readonly (ContentJoin Join, float[] Table)[] _contents; // tables [V + 1, d]

    private ListHead(IEnumerable<JoinedContent> contents) =>
        _contents = [.. contents.Select(content => (content.Join, Profiles.Table(content.Rows)))];

    /// <summary>The head of those contents that count; null where none does.</summary>
    /// <param name="contents">What items are like, and how it joins; weight 0 changes nothing.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="ArgumentException">A content is that of another catalogue.</exception>
    public static ListHead? Of(IReadOnlyList<JoinedContent> contents, int items)
    {
        if (contents.FirstOrDefault(content => content.Rows.Items != items) is { } other)
        {
            throw new ArgumentException(
                $"content '{other.Join.Name}' of {other.Rows.Items} items beside a model of {items}; make it of the model's data set",
                nameof(contents));
        }

        return contents.Any(content => content.Join.Weight > 0) ? new(contents.Where(content => content.Join.Weight > 0)) : null;
    }

    /// <summary>The list by both scores, best first; of equal ones as it was.</summary>
    /// <param name="history">Oldest first, of which the last events are read.</param>
    /// <param name="found">Items with ln p.</param>
    /// <returns>
    /// ln p + β cos − c of each, c being such that Σ p over the list is what it was. An item of the history has the cosine with the others.
    /// </returns>
    public IReadOnlyList<(int Item, float LogProbability)> Order(
        IReadOnlyList<int> history, IReadOnlyList<(int Item, float LogProbability)> found)
    {
        if (found.Count == 0) return found;
        float[] scores = [.. found.Select(item => item.LogProbability)];
        var mass = LogSumExp(scores);
        int[] read = [.. history];
        foreach (var (join, table) in _contents)
        {
            var profile = new ContentProfile(join);
            Profiles.Read(profile, table, read);
            profile.Finish();
            var (vector, d, own) = (profile.Vector.ToArray(), join.Width, Profiles.ItemsOf(profile, read));
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] += own.Contains(found[i].Item)
                    ? Profiles.OfOthers(profile, table, read, found[i].Item)
                    : TensorPrimitives.Dot(vector, table.AsSpan(found[i].Item * d, d));
            }
        }

        var gained = LogSumExp(scores) - mass;
        return [.. found.Select((item, i) => (item.Item, (float)(scores[i] - gained))).OrderByDescending(item => item.Item2)];
    }

    private static double LogSumExp(ReadOnlySpan<float> scores)
    {
        var (most, sum) = (TensorPrimitives.Max(scores), 0.0);
        foreach (var score in scores) sum += Math.Exp(score - most);
        return most + Math.Log(sum);
    }
}
