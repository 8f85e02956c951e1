using Tandem.Learning.Training.Search;

namespace Tandem.Learning.Tests.Training.Search;

public class SuccessiveHalvingOptionsTests
{
    [Fact]
    public void The_rungs_are_those_of_Hyperbands_table()
    {
        // Li et al. 2018, table 1, bracket s = 4 (R = 81, η = 3); and s = 1, which starts later.
        Assert.Equal([(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)], Options(81, 81, 1).Rungs());
        Assert.Equal([(6, 27), (2, 81)], Options(6, 81, 27).Rungs());
    }

    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(7, 10, 4)]
    [InlineData(30, 50, 2)]
    [InlineData(2, 1_000_000, 1)]
    [InlineData(int.MaxValue, int.MaxValue, 1)]
    public void The_last_rung_is_trained_in_full_and_the_first_no_shorter_than_asked(int configurations, int epochs, int least)
    {
        var rungs = Options(configurations, epochs, least).Rungs();
        Assert.Equal(epochs, rungs[^1].Epochs);
        Assert.Equal(configurations, rungs[0].Trials);
        Assert.True(rungs[0].Epochs >= least);
        Assert.True(rungs[^1].Trials >= 1);
    }

    [Fact]
    public void Every_fault_is_named()
    {
        Assert.Empty(Options(9, 9, 1).Validate());
        var faults = (Options(0, 3, 5) with { Eta = 1 }).Validate().ToArray();
        Assert.Equal(3, faults.Length);
        Assert.Single((Options(1, 1, 1) with { LeastEpochs = 0 }).Validate());
    }

    private static SuccessiveHalvingOptions Options(int configurations, int epochs, int least) =>
        new() { Configurations = configurations, Epochs = epochs, LeastEpochs = least, Seed = 1 };
}
