using Tandem.Data;
using Tandem.Learning.Classification;

namespace Tandem.Learning.Tests.Classification;

public class CategoryLabelsTests
{
    [Fact]
    public void The_label_is_the_narrowest_category_that_is_no_rarity()
    {
        // Wide is held by all, Left by 6, Right by 3, Rare by 1 of 10.
        var items = Enumerable.Range(0, 10).Select(i => Item(i, i < 6 ? ["Wide", "Left"] : i < 9 ? ["Right", "Wide"] : ["Wide", "Rare"]));
        var labels = CategoryLabels.Of(new Catalog([.. items, Item(10, [])]), new() { LeastShare = 0.2, Most = 2 });
        Assert.Equal(["Left", "Right"], labels.Names);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, -1, -1], Enumerable.Range(1, 11).Select(item => labels[item]));
        Assert.Equal(["Left", "Right", "Wide"], CategoryLabels.Of(new Catalog([.. items]), new() { LeastShare = 0.2 }).Names);
        Assert.Equal(["Left", "Right", "Rare"], CategoryLabels.Of(new Catalog([.. items])).Names);
    }

    [Fact]
    public void Items_without_two_labels_are_refused()
    {
        var catalog = new Catalog([Item(0, ["One"]), Item(1, ["One"])]);
        Assert.Contains("1 labels", Assert.Throws<ClassificationException>(() => CategoryLabels.Of(catalog)).Message);
    }

    private static ItemDescription Item(int key, string[] categories) => new($"{key}", "title", categories, null);
}
