using Parquet;
using Parquet.Schema;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Data.Evaluation;

/// <summary>
/// What a finished evaluation leaves in its run's folder, so that it compares with any other: <c>evaluation.parquet</c> (user int32,
/// position int32, target int32, rank double, infinite for a target that no list could hold; a row per evaluated event, by user, then
/// position) and <c>evaluation.json</c>, the <see cref="Summary"/> with the number of events and the table's hash, which reading checks.
/// </summary>
public sealed class EvaluationTable
{
    internal const string Remedy = "evaluate the run again";
    private const string ManifestFile = "evaluation.json", TableFile = "evaluation.parquet", Unfinished = ".unfinished";

    private readonly int[] _users;
    private readonly int[] _positions;
    private readonly int[] _targets;
    private readonly double[] _ranks;

    private EvaluationTable(EvaluationSummary summary, string origin, int[] users, int[] positions, int[] targets, double[] ranks)
    {
        (Summary, Origin, _users, _positions, _targets, _ranks) = (summary, origin, users, positions, targets, ranks);
        if (FindFault() is { } fault) throw new ArgumentException(fault);
    }

    /// <summary>What was evaluated and how.</summary>
    public EvaluationSummary Summary { get; }

    /// <summary>The folder that the table was read from, or the model's name.</summary>
    public string Origin { get; }

    /// <summary>[events] users from 0, ascending.</summary>
    public ReadOnlySpan<int> Users => _users;

    /// <summary>[events] places of the events in the users' sequences, ascending within a user.</summary>
    public ReadOnlySpan<int> Positions => _positions;

    /// <summary>[events] item ids of the events.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>[events] pessimistic ranks of the targets, from 1; positive infinity for a target that no list could hold.</summary>
    public ReadOnlySpan<double> Ranks => _ranks;

    /// <summary>The table of a split's test events.</summary>
    /// <param name="split">What was tested; gives protocol and data hash.</param>
    /// <param name="ranks">[test events] rank of each event's item, in the order of <see cref="ISplit.Test"/>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="seed">The seed that the model was trained with.</param>
    /// <param name="maskSeen">Whether the items of the history were left out of the ranking.</param>
    /// <param name="metrics">Metrics by name, for readers of the file.</param>
    /// <exception cref="ArgumentException">There are no events, or not one rank of 1 or more for each.</exception>
    public static EvaluationTable Of(
        ISplit split, double[] ranks, string model, int seed, bool maskSeen, IReadOnlyDictionary<string, double> metrics)
    {
        var events = split.Test.ToArray();
        var summary = new EvaluationSummary
        {
            Protocol = split.Protocol,
            DataHash = split.Dataset.Hash,
            Seed = seed,
            Model = model,
            MaskSeen = maskSeen,
            Metrics = metrics,
        };
        return new(
            summary, model, Array.ConvertAll(events, e => e.User), Array.ConvertAll(events, e => e.Position),
            Array.ConvertAll(events, e => split.Dataset.Sequence(e.User)[e.Position]), [.. ranks]);
    }

    /// <summary>
    /// Writes both files beside whatever evaluation the folder holds, then puts them in its place. The old manifest goes first and
    /// the new one comes last, so that an interruption between the two leaves a folder with no evaluation, and any other the old one.
    /// </summary>
    public void Write(string folder)
    {
        var (manifest, table) = (Path.Combine(folder, ManifestFile), Path.Combine(folder, TableFile));
        Directory.CreateDirectory(folder);
        var columns = new Columns(folder, TableFile + Unfinished);
        columns.Table.Write(async group =>
        {
            await group.WriteAsync<int>(columns.User, _users);
            await group.WriteAsync<int>(columns.Position, _positions);
            await group.WriteAsync<int>(columns.Target, _targets);
            await group.WriteAsync<double>(columns.Rank, _ranks);
        });

        File.WriteAllText(manifest + Unfinished, EvaluationManifest.Of(Summary, _users.Length, columns.Table.HashOfBytes()).ToJson());
        File.Delete(manifest);
        File.Move(table + Unfinished, table, overwrite: true);
        File.Move(manifest + Unfinished, manifest);
    }

    /// <summary>Reads what <see cref="Write"/> made, and checks format, number of events and hash.</summary>
    /// <exception cref="DatasetException">The folder holds no evaluation, or a damaged one.</exception>
    public static EvaluationTable Read(string folder)
    {
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path)) throw new DatasetException("no such file", path, "a run that was evaluated", "evaluate the run first");
        var manifest = EvaluationManifest.Parse(File.ReadAllText(path), path);
        var columns = new Columns(folder, TableFile);
        columns.Table.RequireIntact(manifest.TableHash);
        EvaluationTable? table = null;
        columns.Table.Read(manifest.Events, async group => table = await ReadAsync(group, columns, manifest, folder));
        return table!;
    }

    private static async Task<EvaluationTable> ReadAsync(
        ParquetRowGroupReader group, Columns columns, EvaluationManifest manifest, string folder)
    {
        var (users, positions, targets) = (new int[manifest.Events], new int[manifest.Events], new int[manifest.Events]);
        var ranks = new double[manifest.Events];
        await group.ReadAsync<int>(columns.User, users);
        await group.ReadAsync<int>(columns.Position, positions);
        await group.ReadAsync<int>(columns.Target, targets);
        await group.ReadAsync<double>(columns.Rank, ranks);
        try
        {
            return new(manifest.Summary(), folder, users, positions, targets, ranks);
        }
        catch (ArgumentException e)
        {
            throw new DatasetException(e.Message, Path.Combine(folder, TableFile), "events with ranks, by user, then position", Remedy, e);
        }
    }

    private string? FindFault()
    {
        if (_users.Length == 0 || _ranks.Length != _users.Length)
            return $"{_ranks.Length} ranks for {_users.Length} events; expected one each, and one event at least";
        for (var i = 0; i < _users.Length; i++)
        {
            if (i > 0 && (_users[i - 1], _positions[i - 1]).CompareTo((_users[i], _positions[i])) >= 0)
                return $"event {i} does not follow the one before it; expected events by user, then position";
            if (!(_ranks[i] >= 1)) return $"event {i} has rank {_ranks[i]}; expected 1 or more";
        }

        return null;
    }

    /// <summary>Made anew for every use: a schema writes into its columns.</summary>
    private sealed class Columns
    {
        public Columns(string folder, string file) =>
            Table = new(folder, file, User, Position, Target, Rank) { Remedy = EvaluationTable.Remedy };

        public DataField<int> User { get; } = new("user");

        public DataField<int> Position { get; } = new("position");

        public DataField<int> Target { get; } = new("target");

        public DataField<double> Rank { get; } = new("rank");

        public ParquetTable Table { get; }
    }
}
