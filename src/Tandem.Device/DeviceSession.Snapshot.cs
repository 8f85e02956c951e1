using Tandem.Device.Sessions;
using Tandem.Device.Storage;

namespace Tandem.Device;

/// <content>Snapshots.</content>
public sealed partial class DeviceSession
{
    /// <summary>
    /// All that this user has here, as bytes to keep: events, state, list, rows and weights. A session that takes them in goes on bit for
    /// bit as this one does from now.
    /// </summary>
    /// <returns>A safetensors file with a checksum. It holds what the user did: keep it as private as the device is.</returns>
    public byte[] Snapshot()
    {
        using (Enter())
        {
            var writer = new SnapshotWriter(_user.Model.CatalogVersion, _user.Model.Version);
            _history.Save(writer);
            _user.Save(writer);
            _user.Items?.Save(writer);
            _list.Save(writer);
            return writer.ToBytes();
        }
    }

    /// <summary>Takes the place of all that this session had by what a snapshot holds, or changes nothing.</summary>
    /// <param name="snapshot">From <see cref="Snapshot"/>, not trusted. It must not change while it is read.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>False where it is torn, damaged, of another version, or of another model than serves here.</returns>
    /// <exception cref="IOException">The event log could not be brought in line; the session is as it was.</exception>
    public bool TryRestore(ReadOnlyMemory<byte> snapshot, out string? fault)
    {
        if (!SnapshotReader.TryOpen(snapshot, out var reader, out fault)) return false;
        using (Enter())
        {
            var model = _user.Model;
            if (reader.CatalogVersion != model.CatalogVersion || reader.ModelVersion != model.Version)
            {
                fault = $"the snapshot belongs to version {reader.ModelVersion} of the model and catalogue {reader.CatalogVersion}, "
                    + $"this session runs {model.Version} and {model.CatalogVersion}; restore it before the model is swapped";
                return false;
            }

            var history = NewHistory(model);
            var user = Serve(model, history);
            var list = new HeldList();
            if (!history.TryLoad(reader) || !user.TryLoad(reader) || user.Items?.TryLoad(reader) == false || !list.TryLoad(reader, model.Shape.Items))
            {
                fault = "the snapshot's parts do not fit together: it was not written by a session of this bundle";
                return false;
            }

            if (_log is not null) Compact(history);
            (_history, _user, _list) = (history, user, list);
            return true;
        }
    }
}
