using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Http;

namespace Tandem.Native;

/// <content>The cloud service, through the caller's HTTP. Its calls end before they return: what posts does not return before.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "tandem_refresh")]
    internal static Status Refresh(
        ulong session, delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void> post, void* context, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            var outcome = call.Session.RefreshAsync(CloudOf(post, context)).AsTask().GetAwaiter().GetResult();
            if (outcome.Fault is not null) throw new CallFault(Status.Unanswered, outcome.Reason);
            if (!outcome.HasNewList) throw new CallFault(outcome.Asked ? Status.Refused : Status.Nothing, outcome.Reason);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_open_outbox")]
    internal static Status OpenOutbox(ulong session, byte* file, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (call.Session.Outbox is not null) throw new CallFault(Status.BadArgument, "the session has an outbox");
            var catalog = call.Session.Model.CatalogVersion;
            if (!EventOutbox.TryOpen(Border.Text(file, "file"), catalog, new(), out var outbox, out var fault))
                throw new CallFault(Status.Refused, fault);
            call.Session.Outbox = outbox;
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_send_events")]
    internal static Status SendEvents(
        ulong session, delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void> post, void* context, int* left,
        byte* error, int errorSize)
    {
        try
        {
            if (left is null) throw new CallFault(Status.BadArgument, "left is NULL");
            *left = 0;
            using var call = SessionTable.Enter(session);
            var outbox = call.Session.Outbox ?? throw new CallFault(Status.Nothing, "the session has no outbox; open one");
            var outcome = outbox.SendAsync(CloudOf(post, context)).AsTask().GetAwaiter().GetResult();
            *left = outcome.Left;
            if (outcome.Left > 0) throw new CallFault(Status.Unanswered, outcome.Reason);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    private static PostCloud CloudOf(delegate* unmanaged<void*, byte*, byte*, long, CallerReply*, void> post, void* context) =>
        post is null ? throw new CallFault(Status.BadArgument, "post is NULL") : new CallerPost(post, context).Cloud;
}
