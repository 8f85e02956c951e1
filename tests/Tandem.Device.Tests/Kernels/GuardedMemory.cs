using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Device.Tests.Kernels;

/// <summary>
/// Copies of data with a page on either side that may be neither read nor written: a kernel that leaves its spans ends the process.
/// </summary>
internal sealed partial class GuardedMemory : IDisposable
{
    // Mapping and guarding cost far more than a kernel, so regions are handed on, not given back.
    private static readonly ConcurrentDictionary<int, ConcurrentBag<nint>> _free = [];

    private readonly List<(nint Address, int InnerBytes)> _taken = [];

    /// <summary>A copy that ends where the guard page begins.</summary>
    public Span<T> AtEnd<T>(ReadOnlySpan<T> data) where T : unmanaged => Place(data, atEnd: true);

    /// <summary>A copy that begins where the guard page ends.</summary>
    public Span<T> AtStart<T>(ReadOnlySpan<T> data) where T : unmanaged => Place(data, atEnd: false);

    public void Dispose()
    {
        foreach (var (address, innerBytes) in _taken) _free.GetOrAdd(innerBytes, _ => []).Add(address);
        _taken.Clear();
    }

    private unsafe Span<T> Place<T>(ReadOnlySpan<T> data, bool atEnd) where T : unmanaged
    {
        var page = Environment.SystemPageSize;
        var dataBytes = data.Length * Unsafe.SizeOf<T>();
        var innerBytes = Math.Max(1, (dataBytes + page - 1) / page) * page;
        var inner = _free.GetOrAdd(innerBytes, _ => []).TryTake(out var region) ? region : Guard(innerBytes, page);
        _taken.Add((inner, innerBytes));
        var copy = new Span<T>((void*)(inner + (atEnd ? innerBytes - dataBytes : 0)), data.Length);
        data.CopyTo(copy);
        return copy;
    }

    /// <summary>Memory between two pages that are forbidden.</summary>
    private static nint Guard(int innerBytes, int page)
    {
        var region = Reserve(innerBytes + 2 * page);
        Forbid(region, page);
        Forbid(region + page + innerBytes, page);
        return region + page;
    }

    private static nint Reserve(int sizeBytes)
    {
        const int ReadWrite = 3, Private = 2;
        var anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
        var address = OperatingSystem.IsWindows()
            ? VirtualAlloc(0, sizeBytes, allocationType: 0x3000, protection: 0x04)
            : Map(0, sizeBytes, ReadWrite, Private | anonymous, file: -1, offset: 0);
        return address is 0 or -1 ? throw new InvalidOperationException($"the system gave no {sizeBytes} bytes") : address;
    }

    private static void Forbid(nint address, int sizeBytes)
    {
        var done = OperatingSystem.IsWindows() ? VirtualProtect(address, sizeBytes, 0x01, out _) != 0 : Protect(address, sizeBytes, 0) == 0;
        if (!done) throw new InvalidOperationException("the system guards no page");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint sizeBytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint sizeBytes, int protection);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nint sizeBytes, int allocationType, int protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(nint address, nint sizeBytes, int protection, out int before);
}
