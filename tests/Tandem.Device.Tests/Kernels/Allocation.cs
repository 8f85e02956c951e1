namespace Tandem.Device.Tests.Kernels;

internal static class Allocation
{
    /// <summary>The action allocates nothing once it has run.</summary>
    public static void AssertNone(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
