using System.Runtime.InteropServices;

namespace Tandem.Native;

/// <summary><c>tandem_reply</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CallerReply
{
    public int Status;
    public double RetryAfter;
    public byte* Body;
    public long Size;
}
