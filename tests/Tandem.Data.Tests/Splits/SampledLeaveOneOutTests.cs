using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

public sealed class SampledLeaveOneOutTests
{
    private static readonly SequenceDataset _dataset = ListSource.DatasetOf([(int[])[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5]]);

    [Fact]
    public void It_cuts_as_leave_one_out_and_tells_its_sample()
    {
        var (split, all) = (new SampledLeaveOneOut(_dataset, 99), new LeaveOneOut(_dataset));
        Assert.Equal(("sampled-99", 99), (split.Protocol, split.Sample));
        Assert.Equal(all.Validation.ToArray(), split.Validation.ToArray());
        Assert.Equal(all.Test.ToArray(), split.Test.ToArray());
        Assert.Equal(Enumerable.Range(0, 3).Select(all.TrainLength), Enumerable.Range(0, 3).Select(split.TrainLength));
        Assert.Equal(Enumerable.Range(0, 3).Select(all.RefitLength), Enumerable.Range(0, 3).Select(split.RefitLength));
        Assert.Equal(99, SampledLeaveOneOut.SampleIn(split.Protocol));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Other_samples_are_refused(int sample) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampledLeaveOneOut(_dataset, sample));
}
