namespace Tandem.Tests;

/// <summary>What code takes from the heap once it has run.</summary>
internal static class Allocation
{
    private const int Tries = 8;

    /// <summary>The action allocates nothing once it has run.</summary>
    /// <remarks>
    /// The runtime itself allocates on whatever thread it happens to be: where its table of casts grows, or where a loop is compiled
    /// anew. That comes once, and an action that allocates does so each time: so the least of several runs is held to nothing.
    /// </remarks>
    public static void AssertNone(Action action)
    {
        action();
        var least = long.MaxValue;
        for (var i = 0; i < Tries && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
