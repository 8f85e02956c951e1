using Tandem.Data;
using Tandem.Learning.Text;

namespace Tandem.Learning.Tests.Text;

public class CategoryVectorsTests
{
    [Fact]
    public void Items_are_as_near_as_their_rarer_labels()
    {
        var vectors = CategoryVectors.Of(
            Items(["all", "nails"], ["all", "nails"], ["all", "hair"], ["all", "hair", "dry hair"], [], [" "], ["nails", "all", "all"]),
            width: 64);
        Assert.Equal(("categories", 7, 5), (vectors.Source, vectors.Items, vectors.Known));
        Assert.False(vectors.Has(5) || vectors.Has(6));
        Assert.Equal(1, Titles.Cosine(vectors[1], vectors[2]), 5);
        Assert.Equal(1, Titles.Cosine(vectors[1], vectors[7]), 5); // a label that is said twice counts once
        Assert.True(Titles.Cosine(vectors[3], vectors[4]) > Titles.Cosine(vectors[1], vectors[3]) + 0.2);
        Assert.Equal(3, vectors.Width); // as many as the labels of these items span
    }

    [Fact]
    public void No_more_dimensions_are_given_than_asked_for()
    {
        var vectors = CategoryVectors.Of(Items(["a"], ["b"], ["a", "c"], ["d", "b"]), 2);
        Assert.Equal(2, vectors.Width);
        for (var item = 1; item <= 4; item++) Assert.Equal(1, Titles.Length(vectors[item]), 5);
    }

    [Fact]
    public void A_catalogue_without_categories_is_told_so() => Assert.StartsWith(
        "none of the 2 items has a category", Assert.Throws<TextException>(() => CategoryVectors.Of(Items([], [" "]), 8)).Message,
        StringComparison.Ordinal);

    private static Catalog Items(params string[][] labels) =>
        new(labels.Index().Select(item => new ItemDescription($"{item.Index}", null, item.Item, null)));
}
