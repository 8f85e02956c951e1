using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Protocol.Items;

namespace Tandem.Native;

/// <content>Models that sessions share. A session holds its model by itself, so freeing one takes away its handle alone.</content>
internal static unsafe partial class Exports
{
    private static readonly HandleTable<DeviceModel> _models = new("loaded model");

    [UnmanagedCallersOnly(EntryPoint = "tandem_model_load")]
    internal static Status LoadModel(byte* bundle, ulong* model, byte* error, int errorSize)
    {
        try
        {
            if (model is null) throw new CallFault(Status.BadArgument, "model is NULL");
            *model = 0;
            *model = _models.Add(Load(Border.Text(bundle, "bundle")));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_model_free")]
    internal static Status FreeModel(ulong model, byte* error, int errorSize)
    {
        try
        {
            _models.Remove(model);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_find_item")]
    internal static Status FindItem(ulong model, byte* key, int* item, byte* error, int errorSize)
    {
        try
        {
            if (item is null) throw new CallFault(Status.BadArgument, "item is NULL");
            *item = 0;
            *item = KeysOf(model).Find(Border.Text(key, "key"));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_item_key")]
    internal static Status ItemKey(ulong model, int item, byte* buffer, int size, int* needed, byte* error, int errorSize)
    {
        try
        {
            Clear(needed, size);
            var keys = KeysOf(model);
            RequireItem(_models.Get(model), item);
            Border.Copy(keys[item], buffer, size, needed, "the item's key");
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_open_model")]
    internal static Status OpenModel(ulong model, SessionSettings* options, ulong* session, byte* error, int errorSize)
    {
        try
        {
            Clear(session);
            var settings = SessionSettings.Read(options);
            *session = SessionTable.Add(new DeviceSession(_models.Get(model), settings));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_open_model_logged")]
    internal static Status OpenModelLogged(ulong model, byte* log, SessionSettings* options, ulong* session, byte* error, int errorSize)
    {
        try
        {
            Clear(session);
            var settings = SessionSettings.Read(options);
            *session = AddLogged(_models.Get(model), settings, log);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_swap_model")]
    internal static Status SwapModel(ulong session, ulong model, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            Swap(call.Session, _models.Get(model));
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    private static ItemKeys KeysOf(ulong model)
    {
        var loaded = _models.Get(model);
        return loaded.HoldsKeys
            ? loaded.Items
            : throw new CallFault(Status.Nothing, "the model's bundle holds no item keys; export it with keys");
    }
}
