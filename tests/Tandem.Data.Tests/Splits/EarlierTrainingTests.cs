using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class EarlierTrainingTests
{
    private static readonly SequenceDataset _dataset = ListSource.DatasetOf([(int[])[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5]]);

    [Fact]
    public void The_last_training_events_are_not_learned_and_the_same_events_are_asked()
    {
        var (split, all) = (new EarlierTraining(_dataset, 2), new LeaveOneOut(_dataset));
        Assert.Equal([2, 0, 0], Enumerable.Range(0, 3).Select(split.TrainLength));
        Assert.Equal([2, 0, 0], Enumerable.Range(0, 3).Select(split.RefitLength));
        Assert.Equal(all.Validation.ToArray(), split.Validation.ToArray());
        Assert.Equal(all.Test.ToArray(), split.Test.ToArray());
    }

    [Theory]
    [InlineData("loo-age-2", 2)]
    [InlineData("loo-age-12", 12)]
    public void A_name_tells_the_age(string name, int age)
    {
        Assert.Equal(age, EarlierTraining.AgeIn(name));
        Assert.Equal(name, EarlierTraining.NameOf(age));
        Assert.Equal(name, SplitProtocol.Create(name, _dataset).Protocol);
    }

    [Theory]
    [InlineData("loo")]
    [InlineData("loo-age-")]
    [InlineData("loo-age-0")]
    [InlineData("loo-age--1")]
    [InlineData("loo-age-x")]
    public void Another_name_tells_none(string name) => Assert.Null(EarlierTraining.AgeIn(name));

    [Fact]
    public void An_age_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlierTraining(_dataset, 0));
}
