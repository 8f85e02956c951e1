using Tandem.Cloud.Experiments;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Experiments;

public class ArmChoiceTests
{
    private const int Devices = 20_000;

    [Fact]
    public void Arms_have_the_devices_of_their_shares()
    {
        var experiment = Of("fusion", ("control", 1), ("b", 2), ("c", 5));
        var counts = Chosen(experiment).CountBy(arm => arm).ToDictionary();
        foreach (var arm in experiment.Arms)
        {
            var expected = ArmChoice.PropensityOf(experiment, arm);
            // Five standard deviations of a binomial count.
            var margin = 5 * Math.Sqrt(Devices * expected * (1 - expected));
            Assert.InRange(counts[arm.Name], Devices * expected - margin, Devices * expected + margin);
        }
    }

    [Fact]
    public void Where_a_share_grows_devices_move_into_that_arm_and_nowhere_else()
    {
        var before = Chosen(Of("fusion", ("control", 8), ("b", 1), ("c", 1)));
        var after = Chosen(Of("fusion", ("control", 8), ("b", 6), ("c", 1)));
        var moved = before.Zip(after).Where(arms => arms.First != arms.Second).ToArray();
        Assert.InRange(moved.Length, Devices / 5, Devices / 2);
        Assert.All(moved, arms => Assert.Equal("b", arms.Second));
        Assert.Equal(before, Chosen(Of("fusion", ("c", 1), ("b", 1), ("control", 8)))); // in whatever order they are named
    }

    [Fact]
    public void Experiments_divide_devices_independently()
    {
        var first = Chosen(Of("one", ("control", 1), ("b", 1)));
        var second = Chosen(Of("two", ("control", 1), ("b", 1)));
        var both = first.Zip(second).Count(arms => arms.First == arms.Second);
        Assert.InRange(both, Devices / 2 - 5 * Math.Sqrt(Devices / 4), Devices / 2 + 5 * Math.Sqrt(Devices / 4));
    }

    [Fact]
    public void A_device_of_another_app_is_another_device()
    {
        var experiment = Of("one", ("control", 1), ("b", 1));
        var apps = Enumerable.Range(0, 100).Select(i => (
            ArmChoice.Of(experiment, new("shop", $"{i}")).Name, ArmChoice.Of(experiment, new("books", $"{i}")).Name));
        Assert.Contains(apps, arms => arms.Item1 != arms.Item2);
    }

    internal static Experiment Of(string name, params (string Name, double Share)[] arms) => new()
    {
        Name = name,
        Arms = [.. arms.Select(arm => new Arm { Name = arm.Name, Share = arm.Share })],
    };

    private static string[] Chosen(Experiment experiment) =>
        [.. Enumerable.Range(0, Devices).Select(i => ArmChoice.Of(experiment, new DeviceId("shop", $"device-{i}")).Name)];
}
