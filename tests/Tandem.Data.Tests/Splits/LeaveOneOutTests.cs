using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class LeaveOneOutTests : SplitContract
{
    private static readonly SequenceDataset _dataset = ListSource.DatasetOf(5, 2, 3, 1);
    private static readonly LeaveOneOut _split = new(_dataset);

    protected override ISplit Create(SequenceDataset dataset) => new LeaveOneOut(dataset);

    [Fact]
    public void The_name_says_whether_the_tested_model_learns_the_validation_targets()
    {
        Assert.Equal("loo", _split.Protocol);
        Assert.Equal("loo-refit", new LeaveOneOut(_dataset, refits: true).Protocol);
    }

    [Fact]
    public void Users_with_three_events_or_more_are_evaluated() => Assert.Equal([0, 2], _split.EvaluatedUsers);

    [Fact]
    public void The_last_two_events_are_the_targets()
    {
        var s = _dataset.Sequence(0);
        Assert.Equal(s[..3], _split.Train(0));
        Assert.Equal(s[..4], _split.Refit(0));
        Assert.Equal(s[..3], _split.ValidationHistory(0));
        Assert.Equal(s[3], _split.ValidationTarget(0));
        Assert.Equal(s[..4], _split.TestHistory(0));
        Assert.Equal(s[4], _split.TestTarget(0));
    }

    [Fact]
    public void Users_without_targets_train_with_all_they_have()
    {
        Assert.Equal(_dataset.Sequence(1), _split.Train(1));
        Assert.Equal(_dataset.Sequence(1), _split.Refit(1));
        Assert.Equal(_dataset.Sequence(3), _split.Train(3));
    }

    [Fact]
    public void Users_without_targets_cannot_be_evaluated()
    {
        Assert.Throws<InvalidOperationException>(() => _split.ValidationTarget(1));
        Assert.Throws<InvalidOperationException>(() => _split.TestTarget(3));
        Assert.Throws<InvalidOperationException>(() => _split.ValidationHistory(1).Length);
        Assert.Contains("EvaluatedUsers", Assert.Throws<InvalidOperationException>(() => _split.TestHistory(1).Length).Message);
    }
}
