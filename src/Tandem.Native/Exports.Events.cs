using System.Runtime.InteropServices;
using Tandem.Device;

namespace Tandem.Native;

/// <content>Events.</content>
internal static unsafe partial class Exports
{
    /// <summary>Stands for the present; <c>TANDEM_NOW</c>.</summary>
    private const long Now = long.MinValue;

    [UnmanagedCallersOnly(EntryPoint = "tandem_observe")]
    internal static Status Observe(ulong session, int item, long unixSeconds, byte* error, int errorSize)
    {
        try
        {
            TakeIn(session, item, unixSeconds, value: 1);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_observe_value")]
    internal static Status ObserveValue(ulong session, int item, long unixSeconds, float value, byte* error, int errorSize)
    {
        try
        {
            TakeIn(session, item, unixSeconds, value);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    private static void TakeIn(ulong session, int item, long unixSeconds, float value)
    {
        using var call = SessionTable.Enter(session);
        RequireItem(call.Session.Model, item);
        if (!Half.IsFinite((Half)value)) throw new CallFault(Status.BadArgument, $"value is {value}, expected -65504 to 65504");
        call.Session.Observe(item, unixSeconds == Now ? null : unixSeconds, value);
    }

    private static void RequireItem(DeviceModel model, int item)
    {
        var items = model.Shape.Items;
        if (item < 1 || item > items)
            throw new CallFault(Status.BadArgument, $"item is {item}, items of this bundle run from 1 to {items}");
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_undo")]
    internal static Status Undo(ulong session, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (!call.Session.Undo()) throw new CallFault(Status.Nothing, "no event is kept that could be taken back");
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }
}
