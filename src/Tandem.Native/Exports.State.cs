using System.Runtime.InteropServices;
using Tandem.Protocol.Parameters;

namespace Tandem.Native;

/// <content>All that a user has, and weights of the user's own.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "tandem_snapshot")]
    internal static Status Snapshot(ulong session, byte* buffer, long size, long* needed, byte* error, int errorSize)
    {
        try
        {
            if (needed is null) throw new CallFault(Status.BadArgument, "needed is NULL");
            *needed = 0;
            if (size < 0) throw new CallFault(Status.BadArgument, $"size is {size}, expected 0 or more");
            using var call = SessionTable.Enter(session);
            var bytes = call.Session.Snapshot();
            *needed = bytes.Length;
            if (buffer is not null) bytes.CopyTo(Border.Room(buffer, size, bytes.Length, "the snapshot"));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_restore")]
    internal static Status Restore(ulong session, byte* snapshot, int size, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (!call.Session.TryRestore(Border.Array(snapshot, size, "snapshot").ToArray(), out var fault))
                throw new CallFault(Status.Refused, fault!);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_apply")]
    internal static Status Apply(ulong session, byte* packet, int size, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (!ParameterPacket.TryParse(Border.Array(packet, size, "packet").ToArray(), out var parsed, out var fault)
                || !call.Session.TryApply(parsed, out fault))
            {
                throw new CallFault(Status.Refused, fault!);
            }

            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_drop_parameters")]
    internal static Status DropParameters(ulong session, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (!call.Session.DropParameters()) throw new CallFault(Status.Nothing, "no packet's weights serve");
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_learn")]
    internal static Status Learn(ulong session, int mostMillis, byte* error, int errorSize)
    {
        try
        {
            var learner = SessionTable.GetUnheld(session);
            if (mostMillis < 1) throw new CallFault(Status.BadArgument, $"most_millis is {mostMillis}, expected 1 or more");
            var result = learner.Learn(new() { MostMillis = mostMillis });
            SessionTable.RequireOpen(session);
            if (!result.Accepted) throw new CallFault(Status.Nothing, result.Reason);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_unlearn")]
    internal static Status Unlearn(ulong session, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            call.Session.Unlearn();
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }
}
