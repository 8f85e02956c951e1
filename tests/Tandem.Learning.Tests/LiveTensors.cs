using TorchSharp;

namespace Tandem.Learning.Tests;

/// <summary>Counts what a piece of work leaves behind.</summary>
internal static class LiveTensors
{
    /// <summary>Asserts that once warm, the work leaves as many live tensors as it found.</summary>
    public static void AssertKept(Action work)
    {
        work();
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        work();
        work();
        Assert.True(statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount > 0, "no tensor was counted at all");
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
    }
}
