using Tandem.Learning.Codes.Generative;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Codes.Generative;

public sealed class GenerativeListsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_kept_comes_back(bool isCalibrated)
    {
        var lists = new GenerativeLists([0, 5, 0, 2], isCalibrated ? new(0.75, -0.5) : null);
        lists.Save(_folder["lists"]);
        var read = GenerativeLists.Load(_folder["lists"], items: 3);
        Assert.Equal(lists.Events, read.Events);
        Assert.Equal(lists.Calibration, read.Calibration);
    }

    [Fact]
    public void Events_of_another_catalogue_are_refused()
    {
        new GenerativeLists([0, 5, 0, 2], null).Save(_folder["lists"]);
        var e = Assert.Throws<SafetensorsException>(() => GenerativeLists.Load(_folder["lists"], items: 4));
        Assert.Contains("events of 3 items beside a model of 4", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_calibration_that_would_reorder_is_refused(double slope)
    {
        new GenerativeLists([0, 5], new(slope, 0)).Save(_folder["lists"]);
        var e = Assert.Throws<SafetensorsException>(() => GenerativeLists.Load(_folder["lists"], items: 1));
        Assert.Contains("slope", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_of_events_that_cannot_be_is_refused()
    {
        new GenerativeLists([0, -5], null).Save(_folder["lists"]);
        Assert.Throws<SafetensorsException>(() => GenerativeLists.Load(_folder["lists"], items: 1));
    }

    [Fact]
    public void Every_fault_of_the_settings_is_listed()
    {
        var recipe = new GenerativeRecipe
        {
            Window = 0,
            ItemBudget = 0,
            Lists = new() { Beams = 0, ValidationBeams = 0, ValidationUsers = 0 },
            Training = new() { Epochs = 0, Seed = 1 },
        };
        var faults = string.Join("; ", recipe.Validate());
        Assert.All(
            ["window 0", "item budget 0", "0 beams; expected", "0 beams to validate", "0 users", "0 epochs"],
            fault => Assert.Contains(fault, faults, StringComparison.Ordinal));
    }
}
