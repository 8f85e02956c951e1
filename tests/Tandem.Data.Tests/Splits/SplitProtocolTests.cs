using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public class SplitProtocolTests
{
    private static readonly SequenceDataset _dataset = ListSource.DatasetOf(12, 12, 12);

    [Theory]
    [InlineData("loo", typeof(LeaveOneOut), false)]
    [InlineData("loo-refit", typeof(LeaveOneOut), true)]
    [InlineData("ratio-3-2-5", typeof(PerUserRatio), false)]
    [InlineData("ratio-6-2-2", typeof(PerUserRatio), false)]
    [InlineData("ratio-8-1-1", typeof(PerUserRatio), false)]
    [InlineData("global-time", typeof(GlobalTime), false)]
    [InlineData("sampled-99", typeof(SampledLeaveOneOut), false)]
    public void A_name_gives_its_protocol(string name, Type type, bool refits)
    {
        var split = SplitProtocol.Create(name, _dataset);
        Assert.IsType(type, split);
        Assert.Equal(name, split.Protocol);
        Assert.Equal(refits, SplitProtocol.Refits(name));
    }

    [Fact]
    public void Refit_changes_what_trains_and_no_cut() =>
        Assert.Equal(SplitProtocol.Create("loo", _dataset).Test, SplitProtocol.Create("loo-refit", _dataset).Test);

    [Theory]
    [InlineData("LOO")]
    [InlineData("sampled-0")]
    [InlineData("sampled-x")]
    [InlineData("sampled-10001")]
    [InlineData("")]
    [InlineData("ratio")]
    [InlineData("ratio-3-2")]
    [InlineData("ratio-3-2-0")]
    [InlineData("ratio-3-2--5")]
    [InlineData("ratio-3-2-x")]
    [InlineData("ratio-3-2-5-1")]
    [InlineData("ratio-3-2-99999999999")]
    [InlineData("share-3-2-5")]
    public void An_unknown_name_is_answered_with_those_known(string name)
    {
        var message = Assert.Throws<DatasetException>(() => SplitProtocol.Create(name, _dataset)).Message;
        Assert.Contains($"'{name}'", message);
        Assert.Contains(SplitProtocol.Known, message);
    }

    [Theory]
    [InlineData("loo", 2)]
    [InlineData("ratio-3-2-5", 2)]
    [InlineData("ratio-3-2-5", 3)]
    public void Histories_too_short_to_measure_are_refused(string name, int events) =>
        Assert.Contains(
            "three events", Assert.Throws<DatasetException>(() => SplitProtocol.Create(name, ListSource.DatasetOf(events, 1))).Message);
}
