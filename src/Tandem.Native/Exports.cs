using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Protocol.Bundles;

namespace Tandem.Native;

/// <summary>
/// The functions of <c>tandem.h</c>, which documents them. Each catches whatever happens within: an exception that reached C would end
/// the process.
/// </summary>
internal static unsafe partial class Exports
{
    /// <summary>Major, minor and patch, a byte each; <c>TANDEM_VERSION</c>.</summary>
    public const uint Version = 0x00_01_00;

    [UnmanagedCallersOnly(EntryPoint = "tandem_version")]
    internal static uint GetVersion() => Version;

    [UnmanagedCallersOnly(EntryPoint = "tandem_open")]
    internal static Status Open(byte* bundle, SessionSettings* options, ulong* session, byte* error, int errorSize)
    {
        try
        {
            Clear(session);
            var settings = SessionSettings.Read(options);
            *session = SessionTable.Add(new DeviceSession(Load(Border.Text(bundle, "bundle")), settings));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_open_logged")]
    internal static Status OpenLogged(byte* bundle, byte* log, SessionSettings* options, ulong* session, byte* error, int errorSize)
    {
        try
        {
            Clear(session);
            var settings = SessionSettings.Read(options);
            *session = AddLogged(Load(Border.Text(bundle, "bundle")), settings, log);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_close")]
    internal static Status Close(ulong session, byte* error, int errorSize)
    {
        try
        {
            SessionTable.Close(session);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_swap")]
    internal static Status Swap(ulong session, byte* bundle, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            Swap(call.Session, Load(Border.Text(bundle, "bundle")));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    /// <summary>No handle is what a caller finds after a fault.</summary>
    private static void Clear(ulong* session)
    {
        if (session is null) throw new CallFault(Status.BadArgument, "session is NULL");
        *session = 0;
    }

    private static ulong AddLogged(DeviceModel model, DeviceSessionOptions settings, byte* log) =>
        DeviceSession.TryOpen(model, settings, Border.Text(log, "log"), out var opened, out var fault)
            ? SessionTable.Add(opened)
            : throw new CallFault(Status.Refused, fault);

    private static void Swap(DeviceSession session, DeviceModel model)
    {
        if (!session.TrySwap(model, out var fault)) throw new CallFault(Status.Refused, fault!);
    }

    private static DeviceModel Load(string folder)
    {
        try
        {
            return DeviceModel.Open(folder);
        }
        catch (BundleException e)
        {
            throw new CallFault(Status.Refused, e.Message);
        }
    }
}
