using System.Numerics.Tensors;
using Tandem.Data;

namespace Tandem.Learning.Collaboration;

/// <summary>
/// Several models as one: each scores the whole catalogue, and an item's score is the weighted sum of what they say of it, so that an item
/// that one of them proposes alone has the others' scores, too.
/// </summary>
public sealed class CompositeScorer : IItemScorer, IDisposable
{
    private readonly IReadOnlyList<CompositeMember> _members;
    private readonly CompositeWeights _weights;
    private float[] _scores = []; // [members, B, V + 1]

    /// <param name="members">Of one catalogue.</param>
    /// <param name="weights">One for each.</param>
    /// <exception cref="ArgumentException">There are no members, they are of two catalogues, or the weights are not theirs.</exception>
    public CompositeScorer(IReadOnlyList<CompositeMember> members, CompositeWeights weights)
    {
        if (members.Count == 0) throw new ArgumentException("no members; expected one at least", nameof(members));
        if (members.FirstOrDefault(member => member.Scorer.ItemCount != members[0].Scorer.ItemCount) is { } other)
        {
            throw new ArgumentException(
                $"'{other.Name}' is of {other.Scorer.ItemCount} items and '{members[0].Name}' of {members[0].Scorer.ItemCount}; expected "
                + "models of one data set", nameof(members));
        }

        SettingFaults.ThrowIfAny(weights.Validate(members.Count), nameof(weights));
        (_members, _weights) = (members, weights);
    }

    /// <inheritdoc/>
    public string Kind => "composite";

    /// <inheritdoc/>
    public int ItemCount => _members[0].Scorer.ItemCount;

    /// <summary>How the scores join.</summary>
    public CompositeWeights Weights => _weights;

    /// <summary>Lets go of the members.</summary>
    public void Dispose()
    {
        foreach (var member in _members) (member.Scorer as IDisposable)?.Dispose();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        if (histories.IsEmpty) return;
        var (width, rows, count) = (ItemCount + 1, histories.Length, _members.Count);
        var size = rows * width;
        if (_scores.Length < count * size) _scores = new float[count * size];
        var peaks = new float[rows * count];
        for (var g = 0; g < count; g++) Read(g, histories, _scores.AsSpan(g * size, size), peaks);
        Span<float> weights = stackalloc float[count];
        for (var row = 0; row < rows; row++)
        {
            var joined = scores.Slice(row * width, width);
            joined.Clear();
            _weights.Of(peaks.AsSpan(row * count, count), weights);
            for (var g = 0; g < count; g++)
                TensorPrimitives.MultiplyAdd(_scores.AsSpan(g * size + row * width, width), weights[g], joined, joined);
        }
    }

    /// <summary>A member's aligned scores; nothing of one that does not count.</summary>
    private void Read(int place, ReadOnlySpan<History> histories, Span<float> scores, float[] peaks)
    {
        var (width, (_, scorer, logs)) = (ItemCount + 1, _members[place]);
        if (_weights.Members[place] == 0)
        {
            scores.Clear();
            return;
        }

        scorer.Score(histories, scores);
        for (var row = 0; row < histories.Length; row++)
        {
            scores[row * width] = 0;
            peaks[row * _members.Count + place] = MemberScores.Align(scores.Slice(row * width + 1, width - 1), logs);
        }
    }
}
