using Tandem.Data;

namespace Tandem.Learning.Classification;

/// <summary>Examples to learn from, to choose by, and to report.</summary>
/// <param name="Training">Numbers of examples, rising.</param>
/// <param name="Validation">As above; whatever is chosen is chosen by these.</param>
/// <param name="Test">As above; nothing is chosen by these.</param>
public sealed record ExampleSplit(IReadOnlyList<long> Training, IReadOnlyList<long> Validation, IReadOnlyList<long> Test)
{
    private const double ValidationShare = 0.1, TestShare = 0.2;

    /// <summary>Draws a tenth for validation and a fifth for testing, of each label alike.</summary>
    /// <param name="labels">[N].</param>
    /// <param name="seed">By which they are drawn.</param>
    public static ExampleSplit Draw(ReadOnlySpan<int> labels, int seed)
    {
        var (training, validation, test) = (new List<long>(), new List<long>(), new List<long>());
        long[] all = [.. Enumerable.Range(0, labels.Length).Select(i => (long)i)];
        foreach (var (_, members) in Shuffled(labels.ToArray(), all, "split", seed))
        {
            var (tested, validated) = (Share(TestShare, members.Length), Share(ValidationShare, members.Length));
            test.AddRange(members[..tested]);
            validation.AddRange(members[tested..(tested + validated)]);
            training.AddRange(members[(tested + validated)..]);
        }

        return new([.. training.Order()], [.. validation.Order()], [.. test.Order()]);
    }

    /// <summary>Draws a tenth of the examples that are published for training for validation, of each label alike.</summary>
    /// <param name="labels">[N].</param>
    /// <param name="seed">By which they are drawn.</param>
    /// <param name="tested">The last so many are the published test.</param>
    public static ExampleSplit DrawValidation(ReadOnlySpan<int> labels, int seed, int tested)
    {
        long[] published = [.. Enumerable.Range(0, labels.Length - tested).Select(i => (long)i)];
        var (training, validation) = (new List<long>(), new List<long>());
        foreach (var (_, members) in Shuffled(labels.ToArray(), published, "split", seed))
        {
            var validated = Share(ValidationShare, members.Length);
            validation.AddRange(members[..validated]);
            training.AddRange(members[validated..]);
        }

        return new(
            [.. training.Order()], [.. validation.Order()],
            [.. Enumerable.Range(labels.Length - tested, tested).Select(i => (long)i)]);
    }

    /// <summary>
    /// Training examples whose labels are known where only a share is: the same share of each label, one at least. Of one seed a smaller
    /// share lies within a greater one.
    /// </summary>
    /// <param name="labels">[N].</param>
    /// <param name="share">In (0, 1].</param>
    /// <param name="seed">By which they are drawn.</param>
    /// <returns>Numbers of examples, rising.</returns>
    public long[] Labelled(ReadOnlySpan<int> labels, double share, int seed)
    {
        if (share is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "expected a share in (0, 1]");
        return [.. Shuffled(labels.ToArray(), [.. Training], "labelled", seed)
            .SelectMany(group => group.Members.Take(Math.Max(1, Share(share, group.Members.Length)))).Order()];
    }

    private static int Share(double share, int count) => (int)Math.Round(share * count, MidpointRounding.AwayFromZero);

    private static IEnumerable<(int Label, long[] Members)> Shuffled(int[] labels, long[] places, string name, int seed)
    {
        foreach (var group in places.GroupBy(place => labels[place]).OrderBy(group => group.Key))
        {
            var members = group.ToArray();
            NamedSeed.Create(seed, $"examples, {name}", group.Key).Shuffle(members);
            yield return (group.Key, members);
        }
    }
}
