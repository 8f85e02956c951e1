using System.Text;
using Tandem.Device.Http;

namespace Tandem.Native;

/// <summary>HTTP as the calling program speaks it, on the thread of its call.</summary>
/// <param name="post">The program's, <c>tandem_post</c>.</param>
/// <param name="context">Given to it unread.</param>
internal sealed unsafe class CallerPost(delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void> post, void* context)
{
    /// <summary>For the session's calls.</summary>
    public PostCloud Cloud => new((path, body, _) => new(Post(path, body.Span)));

    private PostReply? Post(string path, ReadOnlySpan<byte> body)
    {
        var reply = default(CallerReply);
        fixed (byte* address = Encoding.UTF8.GetBytes($"/{path}\0"), bytes = body) post(context, address, bytes, body.Length, &reply);
        if (reply.Status == 0) return null;
        if (reply.Size < 0 || (reply.Body is null && reply.Size > 0))
            throw new InvalidDataException($"reply.body is {(reply.Body is null ? "NULL" : "set")} and reply.size {reply.Size}");
        var size = (int)Math.Min(reply.Size, PostCloud.MostBytes + 1); // one more than is taken says that it is too long
        return new(reply.Status, new ReadOnlySpan<byte>(reply.Body, size).ToArray(), reply.RetryAfter > 0 ? reply.RetryAfter : null);
    }
}
