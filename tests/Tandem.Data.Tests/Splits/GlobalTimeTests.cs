using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class GlobalTimeTests : SplitContract
{
    protected override ISplit Create(SequenceDataset dataset) => GlobalTime.ByShares(dataset);

    private static readonly SequenceDataset _dataset = Of(
        ("early", [1, 2, 3]), ("across", [2, 10, 10, 20, 21]), ("late", [15, 22]), ("last", [30]));

    [Fact]
    public void An_event_belongs_to_the_side_of_its_time()
    {
        var split = GlobalTime.At(_dataset, validationFrom: 10, testFrom: 20);
        Assert.Equal([3, 1, 0, 0], Enumerable.Range(0, 4).Select(split.TrainLength));
        Assert.Equal([3, 3, 1, 0], Enumerable.Range(0, 4).Select(split.RefitLength));
        Assert.Equal([new(1, 1), new(1, 2)], split.Validation);
        Assert.Equal([new(1, 3), new(1, 4), new(2, 1)], split.Test);
    }

    [Fact]
    public void Users_who_come_after_the_first_point_are_cold() => Assert.Equal(2, GlobalTime.At(_dataset, 10, 20).ColdUsers);

    [Fact]
    public void One_point_leaves_no_validation()
    {
        var split = GlobalTime.At(_dataset, 20, 20);
        Assert.True(split.Validation.IsEmpty);
        Assert.Equal([new(1, 3), new(1, 4), new(2, 1)], split.Test);
        Assert.Equal(split.RefitLength(1), split.TrainLength(1));
    }

    [Fact]
    public void Shares_choose_the_points()
    {
        // Eleven events; at least two of them from the second point on, at least five from the first: 30, 22 | 21, 20, 15 | …
        var split = GlobalTime.ByShares(_dataset, validation: 0.25, test: 0.15);
        Assert.Equal((15, 22), (split.ValidationFrom, split.TestFrom));
    }

    [Fact]
    public void Shares_of_distinct_times_are_exact()
    {
        var split = GlobalTime.ByShares(Of(("u", Enumerable.Range(0, 100).Select(i => (long)i))));
        Assert.Equal((80, 90), (split.TrainLength(0), split.RefitLength(0)));
        Assert.Equal((10, 10), (split.Validation.Length, split.Test.Length));
    }

    [Fact]
    public void Events_of_one_second_stay_together()
    {
        var split = GlobalTime.ByShares(Of(("u", [1, 2, 3, 7, 7, 7, 8, 9, 10, 11])), validation: 0.5, test: 0.1);
        Assert.Equal((7, 11), (split.ValidationFrom, split.TestFrom));
    }

    [Fact]
    public void Data_without_times_is_refused()
    {
        var positions = new SequenceDataset("plain", "test", _dataset.Catalog, 1, hasTimes: false, ["u"], [0, 3], [1, 1, 1], [0, 1, 2]);
        foreach (var message in new[]
        {
            Assert.Throws<DatasetException>(() => GlobalTime.ByShares(positions)).Message,
            Assert.Throws<DatasetException>(() => GlobalTime.At(positions, 1, 2)).Message,
        })
        {
            Assert.Contains("plain: the data has no times", message);
        }
    }

    [Fact]
    public void Data_of_a_single_time_is_refused() =>
        Assert.Contains("no event lies before", Assert.Throws<DatasetException>(() => GlobalTime.ByShares(Of(("u", [4, 4, 4])))).Message);

    [Theory]
    [InlineData(-0.1, 0.1)]
    [InlineData(0.1, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(double.NaN, 0.1)]
    public void Shares_that_leave_nothing_are_refused(double validation, double test) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GlobalTime.ByShares(_dataset, validation, test));

    [Fact]
    public void Points_in_the_wrong_order_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GlobalTime.At(_dataset, 20, 10));

    private static SequenceDataset Of(params (string User, IEnumerable<long> Times)[] users) => DatasetPreparation.Prepare(
        new ListSource(users.SelectMany(u => u.Times.Select(time => new Interaction(u.User, "item", time, 1)))), seed: 1);
}
