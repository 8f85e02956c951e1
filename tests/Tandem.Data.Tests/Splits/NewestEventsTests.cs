using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class NewestEventsTests : SplitContract
{
    /// <summary>Of each user's events the later half was not known.</summary>
    protected override ISplit Create(SequenceDataset dataset) => new NewestEvents(
        dataset, [.. Enumerable.Range(0, dataset.Users).Select(user => dataset.Sequence(user).Length / 2)]);

    [Fact]
    public void Whose_events_are_all_known_is_not_evaluated()
    {
        var dataset = ListSource.DatasetOf(3, 4);
        var split = new NewestEvents(dataset, [3, 2]);
        Assert.Equal([new(1, 2), new(1, 3)], split.Test.ToArray());
        Assert.True(split.Validation.IsEmpty);
    }
}
