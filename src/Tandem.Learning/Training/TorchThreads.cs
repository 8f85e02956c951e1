using System.Runtime.InteropServices;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>How many threads libtorch works with, and how long they spin while they wait for each other.</summary>
public static class TorchThreads
{
    /// <summary>
    /// OpenMP's threads spin between two parallel pieces of work, by default for milliseconds: with another busy process on the cores
    /// an epoch of Beauty once took 120 s in place of 1.6 s. Without any spinning the steps of a small model, hundreds of
    /// pieces each, wait for the kernel to wake a thread: 2.3 s. A few microseconds of it: 1.1 s, and 3.5 s beside a busy process.
    /// </summary>
    private const string SpinCount = "2000";

    /// <summary>To be called before anything else of Torch: OpenMP reads its settings when the library is loaded.</summary>
    /// <param name="threads">1 or more.</param>
    public static void Use(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        // The runtime's own SetEnvironmentVariable does not reach native code on Unix. A setting of the user's is kept.
        if (!OperatingSystem.IsWindows()) _ = SetEnvironment("GOMP_SPINCOUNT", SpinCount, overwrite: 0);
        torch.set_num_threads(threads);
    }

    /// <summary>Computes on one thread until disposed of: for work that is divided over threads from outside.</summary>
    internal static IDisposable One()
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(1);
        return new Restore(before);
    }

    private sealed class Restore(int threads) : IDisposable
    {
        public void Dispose() => torch.set_num_threads(threads);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
