using System.Runtime.InteropServices;
using TorchSharp;

namespace Tandem.Learning.Training;

/// <summary>How many threads libtorch works with, and that they sleep while they wait.</summary>
public static class TorchThreads
{
    /// <summary>
    /// To be called before anything else of Torch: OpenMP reads its settings when the library is loaded. Its threads spin by default;
    /// with another busy process on the cores, an epoch here then took up to seventy times as long.
    /// </summary>
    /// <param name="threads">1 or more.</param>
    public static void Use(int threads)
    {
        // The runtime's own SetEnvironmentVariable does not reach native code on Unix.
        if (!OperatingSystem.IsWindows()) _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        torch.set_num_threads(threads);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
