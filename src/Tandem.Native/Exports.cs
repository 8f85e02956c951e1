using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Models;
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
            if (session is null) throw new CallFault(Status.BadArgument, "session is NULL");
            *session = 0;
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
            if (session is null) throw new CallFault(Status.BadArgument, "session is NULL");
            *session = 0;
            var settings = SessionSettings.Read(options);
            var model = Load(Border.Text(bundle, "bundle"));
            if (!DeviceSession.TryOpen(model, settings, Border.Text(log, "log"), out var opened, out var fault)) throw new CallFault(Status.Refused, fault);
            *session = SessionTable.Add(opened);
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
            SessionTable.Remove(session).Dispose();
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
            var swapped = SessionTable.Get(session);
            if (!swapped.TrySwap(Load(Border.Text(bundle, "bundle")), out var fault)) throw new CallFault(Status.Refused, fault!);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
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
