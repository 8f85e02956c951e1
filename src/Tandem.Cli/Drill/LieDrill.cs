using Tandem.Device;
using Tandem.Device.Storage;
using Tandem.Protocol.Parameters;

namespace Tandem.Cli.Drill;

/// <summary>
/// Bundles, their keys and factors, snapshots and packets whose checksums are right and whose contents are not: refused, or what they give
/// is a ranking, and each item by its key.
/// </summary>
/// <param name="figures">Counts.</param>
/// <param name="random">What is lied about.</param>
internal sealed class LieDrill(DrillFigures figures, Random random)
{
    private static readonly DeviceSessionOptions _options = new() { HistoryLimit = 30, ExcludeConsumed = false };

    private readonly DrillModel[] _models = [.. Enumerable.Range(0, DrillModel.Kinds).Select(kind => new DrillModel(kind))];

    /// <summary>One of each.</summary>
    public void Run()
    {
        var model = _models[figures.Lies % _models.Length];
        Try("bundle", () => Bundle(model));
        Try("keys", () => Keys(model));
        Try("snapshot", () => Snapshot(model));
        Try("factors", () => Factors(model));
        foreach (var form in Enum.GetValues<ParameterForm>()) Try($"packet, {form}", () => Packet(model, form));
    }

    private void Bundle(DrillModel model)
    {
        if (model.Open(Tampering.Apply(model.Weights, Tampering.Draw(random)), model.Keys) is { } opened) Serve(new(opened, _options));
    }

    private void Keys(DrillModel model)
    {
        if (model.Open(model.Weights, Tampering.Apply(model.Keys, Tampering.Draw(random))) is not { Items: var keys }) return;
        for (var item = 1; item <= DrillModel.Items; item++)
        {
            if (keys.Find(keys[item]) != item) throw new InvalidOperationException($"item {item} is not found by its key");
        }
    }

    private void Snapshot(DrillModel model)
    {
        var session = Used(model.Model);
        session.TryRestore(Tampering.Apply(session.Snapshot(), Tampering.Draw(random), SnapshotWriter.DigestKey), out _);
        Serve(session);
    }

    private void Factors(DrillModel model)
    {
        if (model.Open(model.Weights, model.Keys, Tampering.Apply(model.Factors, Tampering.Draw(random))) is not { } opened) return;
        var session = Used(opened);
        if (ParameterPacket.TryParse(model.Packet(ParameterForm.Codes, opened.Factors!.Hash), out var packet, out _))
            session.TryApply(packet, out _);
        Serve(session);
    }

    private void Packet(DrillModel model, ParameterForm form)
    {
        var session = Used(model.Model);
        var bytes = Tampering.Apply(model.Packet(form), Tampering.Draw(random), ParameterPacket.ChecksumKey);
        if (ParameterPacket.TryParse(bytes, out var packet, out _)) session.TryApply(packet, out _);
        Serve(session);
        session.DropParameters();
        Serve(session);
    }

    private static DeviceSession Used(DeviceModel model)
    {
        var session = new DeviceSession(model, _options);
        for (var i = 0; i < 25; i++) session.Observe(LoggingProcess.ItemOf(i), time: 1_700_000_000 + i * 3_600);
        session.Recommend(5);
        return session;
    }

    private static void Serve(DeviceSession session)
    {
        session.Observe(12, time: 1_800_000_000);
        if (session.Recommend(5).FirstOrDefault(best => !float.IsFinite(best.Score)) is { Item: > 0 } wrong)
            throw new InvalidOperationException($"{wrong}");
        var again = new DeviceSession(session.Model, _options);
        if (!again.TryRestore(session.Snapshot(), out var fault)) throw new InvalidOperationException(fault);
    }

    private void Try(string what, Action hand)
    {
        figures.Lies++;
        try
        {
            hand();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            figures.Unhandled++;
            figures.Faults.Add($"{what}: {e.GetType().Name}: {e.Message}");
        }
    }
}
