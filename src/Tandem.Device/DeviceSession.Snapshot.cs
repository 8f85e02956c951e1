using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Sessions;
using Tandem.Device.Storage;
using Tandem.Protocol;

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
    /// <remarks>
    /// A snapshot of another model of the same catalogue gives its events, and the list where this model holds its item table: so an app
    /// brings its next model and needs no older bundle. State, rows and weights are of the model that made them, and are left.
    /// </remarks>
    /// <param name="snapshot">From <see cref="Snapshot"/>, not trusted. It must not change while it is read.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>False where it is torn, damaged, of another version of the format, or of another catalogue than serves here.</returns>
    /// <exception cref="IOException">The event log could not be brought in line; the session is as it was.</exception>
    public bool TryRestore(ReadOnlyMemory<byte> snapshot, [NotNullWhen(false)] out string? fault)
    {
        if (!SnapshotReader.TryOpen(snapshot, out var reader, out fault)) return false;
        using (Enter())
        {
            var model = _user.Model;
            if (reader.CatalogVersion != model.CatalogVersion)
            {
                fault = $"the snapshot numbers items by catalogue {FaultText.Shorten(reader.CatalogVersion)}, this session by "
                    + $"{model.CatalogVersion}; "
                    + "begin anew, or restore it with a bundle of that catalogue";
                return false;
            }

            var history = NewHistory(model);
            var user = Serve(model, history);
            var list = new HeldList();
            if (!TryLoad(reader, history, user, list))
            {
                fault = "the snapshot's parts do not fit together: it was not written by a session of this bundle";
                return false;
            }

            fault = FaultOf(user, history);
            if (fault is not null) return false;
            if (reader.ModelVersion != model.Version) Compare(user, list);
            if (_log is not null) Compact(history);
            (_history, _user, _list) = (history, user, list);
            return true;
        }
    }

    /// <summary>Why a user would get no ranking from what a snapshot brought, or null.</summary>
    private static string? FaultOf(UserModel user, UserHistory history)
    {
        var fault = RankingCheck.FaultOf(user, history);
        if (user.SentWeights != user.Model.Weights) fault ??= RankingCheck.FaultOf(user, history, user.SentWeights);
        if (user.OwnWeights is { } own) fault ??= RankingCheck.FaultOf(user, history, own);
        return fault;
    }

    /// <summary>False where a part is missing or does not fit the others; parts of another model than the user's are left.</summary>
    private static bool TryLoad(SnapshotReader reader, UserHistory history, UserModel user, HeldList list)
    {
        if (!history.TryLoad(reader)) return false;
        var isOfModel = reader.ModelVersion == user.Model.Version;
        if (isOfModel && (!user.TryLoad(reader) || user.Items?.TryLoad(reader) == false)) return false;
        return (!isOfModel && user.Items is not null) || list.TryLoad(reader, user.Model.Shape.Items, history.Count);
    }
}
