using System.Runtime.CompilerServices;

namespace Tandem.Device.Kernels;

/// <summary>How a kernel's loop is compiled.</summary>
internal static class Hot
{
    /// <summary>
    /// At once and fully, for an app's first second would run it unoptimised, many times slower; and as a method of its own, for
    /// within a caller the compiler runs out of its budget and leaves the vectors' operators as calls.
    /// </summary>
    public const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
