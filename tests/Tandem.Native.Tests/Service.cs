using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tandem.Native.Tests;

/// <summary>A cloud service as a program's HTTP shows it to the library: what is posted is kept, and the next answer is given.</summary>
internal sealed unsafe class Service
{
    private const int ErrorSize = 512;
    private byte[] _body = [];

    public List<(string Path, string Body)> Posted { get; } = [];

    /// <summary>Status of the next answer; 0 for none.</summary>
    public int Status { get; set; } = 200;

    public double RetryAfter { get; set; }

    /// <summary>Makes the body of an answer from path and body of a request.</summary>
    public Func<string, string, byte[]> Answer { get; set; } = (_, _) => [];

    /// <summary>Told in the place of the body's length; null for that.</summary>
    public long? Size { get; set; }

    public Library.Answer Refresh(ulong session)
    {
        delegate* unmanaged<ulong, delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void>, void*, byte*, int, Status> call =
            &Exports.Refresh;
        var error = stackalloc byte[ErrorSize];
        var self = GCHandle.Alloc(this);
        var status = call(session, &Post, (void*)GCHandle.ToIntPtr(self), error, ErrorSize);
        self.Free();
        return new(status, error);
    }

    public Library.Answer SendEvents(ulong session, out int left)
    {
        delegate* unmanaged<
            ulong, delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void>, void*, int*, byte*, int, Status> call =
            &Exports.SendEvents;
        var error = stackalloc byte[ErrorSize];
        var self = GCHandle.Alloc(this);
        fixed (int* waiting = &left)
        {
            var status = call(session, &Post, (void*)GCHandle.ToIntPtr(self), waiting, error, ErrorSize);
            self.Free();
            return new(status, error);
        }
    }

    public static Library.Answer RefreshNowhere(ulong session)
    {
        delegate* unmanaged<ulong, delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void>, void*, byte*, int, Status> call =
            &Exports.Refresh;
        var error = stackalloc byte[ErrorSize];
        return new(call(session, null, null, error, ErrorSize), error);
    }

    [UnmanagedCallersOnly]
    private static void Post(void* context, byte* path, byte* body, long size, CallerReply* reply) =>
        ((Service)GCHandle.FromIntPtr((nint)context).Target!).Take(
            Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path)),
            Encoding.UTF8.GetString(body, (int)size), reply);

    private void Take(string path, string body, CallerReply* reply)
    {
        Posted.Add((path, body));
        _body = GC.AllocateArray<byte>(1, pinned: true); // where a claimed size begins
        var answer = Answer(path, body);
        if (answer.Length > 0) answer.CopyTo(_body = GC.AllocateUninitializedArray<byte>(answer.Length, pinned: true), 0);
        *reply = new()
        {
            Status = Status,
            RetryAfter = RetryAfter,
            Body = (byte*)Unsafe.AsPointer(ref _body[0]),
            Size = Size ?? answer.Length,
        };
    }
}
