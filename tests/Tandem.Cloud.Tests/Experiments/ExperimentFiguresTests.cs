using Tandem.Cloud.Experiments;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Experiments;

public class ExperimentFiguresTests
{
    private static readonly string[] _arms = ["control", "b"];

    private readonly ArmTally _tally = new("test");
    private long _sequence;

    [Fact]
    public void Figures_are_those_of_the_devices_of_each_arm()
    {
        Give("1", "control", 0.5, "x", "y");
        Act("1", "x", value: 2); // taken
        Act("1", "z", value: 3);
        Give("2", "control", 0.5);
        Act("2", "x");           // of no list
        Give("3", "b", 0.5, "x");
        Give("3", "b", 0.5, "y");
        Act("3", "x");           // of the list before the last
        Act("4", "x");           // of a device that was given nothing
        var result = ExperimentFigures.Of("test", _arms, _tally);
        Assert.Equal((2, 1), (result.Arms[0].Devices, result.Arms[1].Devices));
        Assert.Equal([1.5, 3, 0.5, 0.5], result.Arms[0].Figures.Select(figure => figure.Value));
        Assert.Equal([1, 1, 2, 0], result.Arms[1].Figures.Select(figure => figure.Value));
        Assert.Equal([-0.5, -2, 1.5, -0.5], result.Arms[1].Figures.Select(figure => figure.OverFirst!.Value));
        Assert.All(result.Arms[0].Figures, figure => Assert.Null(figure.OverFirst));
    }

    [Fact]
    public void An_arm_whose_share_grew_while_people_clicked_more_is_not_credited_for_it()
    {
        // Both arms are alike. First 10 % of the devices are in b and people click little, then 50 % and they click ten times as much.
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var (share, clicks) = i < 10_000 ? (0.1, 1) : (0.5, 10);
            var arm = random.NextDouble() < share ? "b" : "control";
            Give($"{i}", arm, arm == "b" ? share : 1 - share);
            for (var click = random.Next(2 * clicks + 1); click > 0; click--) Act($"{i}", "x");
        }

        var result = ExperimentFigures.Of("test", _arms, _tally);
        var events = result.Arms[1].Figures[0];
        Assert.InRange(events.Value, 5.2, 5.8); // the mean of both times, 5.5; the devices of b alone have (1000 + 50000) / 6000 = 8.5
        Assert.InRange(0, events.OverFirst!.Low, events.OverFirst.High);
        Assert.InRange(result.SampleRatio, 0.001, 1);
    }

    [Fact]
    public void Intervals_hold_the_truth_as_often_as_they_say()
    {
        const int Repeats = 400;
        var random = new Random(2);
        var held = Enumerable.Range(0, Repeats).Count(_ =>
        {
            var tests = new ExperimentFiguresTests();
            for (var i = 0; i < 200; i++)
            {
                var arm = random.NextDouble() < 0.3 ? "b" : "control";
                tests.Give($"{i}", arm, arm == "b" ? 0.3 : 0.7, "x");
                // A device's events are alike: it takes what is listed in most of them or in few.
                var (chance, mean) = (random.NextDouble() * (arm == "b" ? 1 : 0.8), random.Next(1, 9));
                for (var click = 0; click < mean; click++) tests.Act($"{i}", random.NextDouble() < chance ? "x" : "other");
            }

            var taken = ExperimentFigures.Of("test", _arms, tests._tally).Arms[1].Figures[3].OverFirst!;
            return taken.Low <= 0.1 && 0.1 <= taken.High;
        });
        Assert.InRange(held, 0.92 * Repeats, 0.98 * Repeats);
    }

    [Fact]
    public void Devices_that_were_divided_otherwise_than_was_logged_are_noticed()
    {
        for (var i = 0; i < 1_000; i++) Give($"{i}", i % 5 < 3 ? "b" : "control", 0.5);
        Assert.InRange(ExperimentFigures.Of("test", _arms, _tally).SampleRatio, 0, 1e-6);
    }

    private void Give(string device, string arm, double propensity, params string[] items) => _tally.Add(new StoredExposure(
        _sequence, new("shop", device),
        new()
        {
            Arms = [new("other", "a", 1), new("test", arm, propensity)],
            Model = items.Length > 0 ? "m" : null,
            Items = [.. items.Select(ItemHash.Of)],
        },
        Received: 0));

    private void Act(string device, string item, float value = 1) => _tally.Add(
        new StoredEvent(++_sequence, new("shop", device), new($"{_sequence}", item, 0, value), 0));
}
