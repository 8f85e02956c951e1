using System.Text;
using System.Text.Unicode;

namespace Tandem.Native;

/// <summary>What crosses between C and .NET: texts in, faults out.</summary>
internal static unsafe class Border
{
    private const int LongestTextBytes = 1 << 16;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A NUL-terminated UTF-8 text.</summary>
    /// <exception cref="CallFault">It is null, empty, too long or no UTF-8.</exception>
    public static string Text(byte* text, string name)
    {
        if (text is null) throw new CallFault(Status.BadArgument, $"{name} is NULL");
        var length = 0;
        while (length < LongestTextBytes && text[length] != 0) length++;
        if (length is 0 or LongestTextBytes)
        {
            throw new CallFault(Status.BadArgument,
                $"{name} has {(length == 0 ? "no bytes" : "no end")}, expected 1 to {LongestTextBytes - 1} bytes and a NUL");
        }

        try
        {
            return _strict.GetString(text, length);
        }
        catch (DecoderFallbackException)
        {
            throw new CallFault(Status.BadArgument, $"{name} is not UTF-8");
        }
    }

    /// <summary>The caller's array.</summary>
    /// <exception cref="CallFault">It is null and not empty, or its length is negative.</exception>
    public static ReadOnlySpan<T> Array<T>(T* values, int count, string name)
        where T : unmanaged
    {
        if (count < 0) throw new CallFault(Status.BadArgument, $"the length of {name} is {count}");
        if (values is null && count > 0) throw new CallFault(Status.BadArgument, $"{name} is NULL, expected {count} values");
        return new(values, count);
    }

    /// <summary>The part of the caller's buffer that an answer fills.</summary>
    /// <param name="buffer">The caller's.</param>
    /// <param name="size">Of it.</param>
    /// <param name="needed">Of the answer.</param>
    /// <param name="what">Names the answer in a fault.</param>
    /// <exception cref="CallFault">It does not fit; nothing is written then.</exception>
    public static Span<byte> Room(byte* buffer, long size, int needed, string what) => size >= needed
        ? new(buffer, needed)
        : throw new CallFault(Status.TooSmall, $"{what} takes {needed} bytes, the buffer has {size}; give it what needed has received");

    /// <summary>Copies a text and its NUL into the caller's buffer, where there is one.</summary>
    /// <exception cref="CallFault">It does not fit; nothing is written then but how much is needed.</exception>
    public static void Copy(string text, byte* buffer, int size, int* needed, string what)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        *needed = bytes.Length;
        if (buffer is not null) bytes.CopyTo(Room(buffer, size, bytes.Length, what));
    }

    /// <summary>Ends a call that did what it was asked: the caller's buffer then holds an empty text.</summary>
    public static Status Succeed(byte* error, int size)
    {
        Write("", error, size);
        return Status.Ok;
    }

    /// <summary>Ends a call with what went wrong. No exception passes this line, for C has no way to catch one.</summary>
    public static Status Fail(Exception e, byte* error, int size)
    {
        var (status, text) = e switch
        {
            CallFault fault => (fault.Status, fault.Message),
            ObjectDisposedException => (Status.BadHandle, "the session was closed by another thread during the call"),
            _ => (Status.Failed, $"{e.GetType().Name}: {e.Message}"),
        };
        Write(text, error, size);
        return status;
    }

    /// <summary>Cut off between two characters where the buffer is short; always with its NUL where there is a buffer.</summary>
    private static void Write(string text, byte* buffer, int size)
    {
        if (buffer is null || size < 1) return;
        Utf8.FromUtf16(text, new(buffer, size - 1), out _, out var written);
        buffer[written] = 0;
    }
}
