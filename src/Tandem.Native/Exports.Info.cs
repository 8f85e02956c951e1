using System.Runtime.InteropServices;

namespace Tandem.Native;

/// <content>What a session is made of.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "tandem_get_info")]
    internal static Status GetInfo(ulong session, SessionInfo* info, byte* error, int errorSize)
    {
        try
        {
            if (info is null) throw new CallFault(Status.BadArgument, "info is NULL");
            var size = info->Size;
            if (size is < SessionInfo.LeastSize or > SessionInfo.MostSize)
                throw new CallFault(Status.BadArgument, $"info.size is {size}, set it to sizeof(tandem_info), {sizeof(SessionInfo)}");
            using var call = SessionTable.Enter(session);
            var found = SessionInfo.Of(call.Session, size);
            new Span<byte>(&found, (int)Math.Min(size, (uint)sizeof(SessionInfo))).CopyTo(new Span<byte>(info, (int)size));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_catalog_version")]
    internal static Status CatalogVersion(ulong session, byte* buffer, int size, int* needed, byte* error, int errorSize)
    {
        try
        {
            Clear(needed, size);
            using var call = SessionTable.Enter(session);
            Border.Copy(call.Session.Model.CatalogVersion, buffer, size, needed, "the catalogue's version");
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_model_version")]
    internal static Status ModelVersion(ulong session, byte* buffer, int size, int* needed, byte* error, int errorSize)
    {
        try
        {
            Clear(needed, size);
            using var call = SessionTable.Enter(session);
            Border.Copy(call.Session.Model.Version, buffer, size, needed, "the model's version");
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    private static void Clear(int* needed, int size)
    {
        if (needed is null) throw new CallFault(Status.BadArgument, "needed is NULL");
        *needed = 0;
        if (size < 0) throw new CallFault(Status.BadArgument, $"size is {size}, expected 0 or more");
    }
}
