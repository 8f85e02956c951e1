using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Tests.Language.Items;

public class ResidualKMeansTests
{
    private const int Clusters = 8;
    private const int PerCluster = 20;
    private const int Width = 6;

    [Fact]
    public void One_seed_gives_the_same_codes()
    {
        var (first, again) = (Create(seed: 1), Create(seed: 1));
        for (var item = 1; item <= first.Items; item++) Assert.Equal(first.Codes(item).ToArray(), again.Codes(item).ToArray());
    }

    [Fact]
    public void Items_of_one_planted_cluster_share_their_first_code_and_no_other_cluster_has_it()
    {
        var ids = Create(seed: 1);
        var ofCluster = Enumerable.Range(0, Clusters).Select(c => Enumerable.Range(0, PerCluster)
            .Select(i => ids.Codes(c * PerCluster + i + 1)[0]).Distinct().ToArray()).ToArray();
        // A cluster may hold more than one centre, but no centre may hold more than one cluster.
        var all = ofCluster.SelectMany(codes => codes).ToArray();
        Assert.Equal(all.Distinct().Count(), all.Length);
    }

    [Fact]
    public void Every_item_has_codes_of_its_own_within_the_codebook()
    {
        var ids = Create(seed: 2);
        Assert.Equal((Clusters * PerCluster, 3, 16), (ids.Items, ids.Levels, ids.CodebookSize));
        var distinct = Enumerable.Range(1, ids.Items).Select(i => string.Join(' ', ids.Codes(i).ToArray())).Distinct();
        Assert.Equal(ids.Items, distinct.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(100)]
    public void A_catalogue_of_any_size_is_named(int items)
    {
        var random = new Random(items);
        var vectors = Enumerable.Range(0, items * Width).Select(_ => random.NextSingle()).ToArray();
        Assert.Equal(items, ResidualKMeans.Create(vectors, Width, seed: 1, levels: 4, codebookSize: 16).Items);
    }

    [Fact]
    public void No_items_are_an_error() => Assert.Throws<ArgumentException>(() => ResidualKMeans.Create([], Width, seed: 1));

    [Fact]
    public void Items_of_equal_vectors_differ_in_the_last_code_alone()
    {
        var vectors = Enumerable.Range(0, 20 * Width).Select(i => i < 10 * Width ? 0f : 1f).ToArray();
        var ids = ResidualKMeans.Create(vectors, Width, seed: 1, levels: 3, codebookSize: 16);
        for (var item = 1; item <= 20; item++)
            Assert.Equal(ids.Codes(item <= 10 ? 1 : 20)[..2].ToArray(), ids.Codes(item)[..2].ToArray());
        Assert.NotEqual(ids.Codes(1)[0], ids.Codes(20)[0]);
    }

    private static SemanticIds Create(int seed) => ResidualKMeans.Create(Planted(), Width, seed, levels: 3, codebookSize: 16);

    /// <summary>Clusters whose centres lie some hundred times as far apart as their items.</summary>
    private static float[] Planted()
    {
        var random = new Random(31);
        var centres = Enumerable.Range(0, Clusters * Width).Select(_ => random.NextSingle() * 10).ToArray();
        var items = from c in Enumerable.Range(0, Clusters)
                    from i in Enumerable.Range(0, PerCluster)
                    from d in Enumerable.Range(0, Width)
                    select centres[c * Width + d] + random.NextSingle() * 0.05f;
        return [.. items];
    }
}
