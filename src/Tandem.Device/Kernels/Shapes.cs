using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tandem.Device.Kernels;

/// <summary>Kernels read and write without bounds checks, so every one of them checks its lengths first.</summary>
internal static class Shapes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RequireLength(long length, long expected, [CallerArgumentExpression(nameof(length))] string what = "")
    {
        if (length != expected) Refuse(what, length, "", expected);
    }

    /// <summary>As <see cref="RequireLength"/>, for what may also be left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RequireLengthOrNone(long length, long expected, [CallerArgumentExpression(nameof(length))] string what = "")
    {
        if (length != expected && length != 0) Refuse(what, length, "0 or ", expected);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RequireAtLeast(long length, long expected, [CallerArgumentExpression(nameof(length))] string what = "")
    {
        if (length < expected) Refuse(what, length, "at least ", expected);
    }

    [DoesNotReturn]
    private static void Refuse(string what, long length, string how, long expected) =>
        throw new ArgumentException($"{what} is {length}, expected {how}{expected}");
}
