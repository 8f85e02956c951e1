using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Export;
using Tandem.Learning.Runs;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Models;

/// <summary>One version of a model that answers: a run's folder, loaded, with a queue before it.</summary>
/// <remarks>
/// It is not disposed of while somebody uses it: <see cref="TryEnter"/> and <see cref="Leave"/> count who does.
/// </remarks>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly IDisposable? _scorer;
    private readonly SliceSource? _slices;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _users = 1; // itself, until it is retired

    private ServedModel(
        string name, string run, ServedContent content, PrivacyOptions privacy, BatchQueueOptions options,
        Func<Catalog, IListRanker>? ranker, TimeProvider time)
    {
        Ranker = ranker?.Invoke(content.Dataset.Catalog);
        ListVersion = Ranker?.VersionOver(content.Version) ?? content.Version;
        Codes = HistoryCodes.Of(privacy, content.Dataset);
        (Name, Run, Kind, Version, Catalog) = (name, run, content.Kind, content.Version, content.Dataset.Catalog);
        (Bundle, _slices) = (content.Bundle, content.Slices);
        Popular = new PopularCandidates(Catalog.Version, content.Dataset.Prefixes(user => content.Dataset.Sequence(user).Length));
        _scorer = content.Scorer as IDisposable;
        Lists = new(content.Generator.GenerateAsync, options, _turn, time);
        if (content.Parameters is { } parameters && Bundle is { } bundle)
            Parameters = new((requests, _) => MakeAsync(parameters, bundle.Version, requests), options, _turn, time);
    }

    /// <summary>Under which it is asked for, the same over its versions.</summary>
    public string Name { get; }

    /// <summary>Names the weights.</summary>
    public string Version { get; }

    /// <summary>Names what makes its lists: the weights, and where there is one the ranker over them.</summary>
    public string ListVersion { get; }

    /// <summary>Puts what <see cref="Lists"/> retrieves in another order; null where the model's own stands.</summary>
    public IListRanker? Ranker { get; }

    /// <summary>Such as <c>sasrec</c>.</summary>
    public string Kind { get; }

    /// <summary>The folder it was loaded from.</summary>
    public string Run { get; }

    /// <summary>Of its items.</summary>
    public Catalog Catalog { get; }

    /// <summary>What devices get of it; null for a model without a device form.</summary>
    public BundleFiles? Bundle { get; }

    /// <summary>Histories → lists.</summary>
    public BatchQueue<CandidateRequest, CandidateList> Lists { get; }

    /// <summary>Histories → packets; null for a model that makes no weights for users.</summary>
    public BatchQueue<ParameterRequest, byte[]>? Parameters { get; }

    /// <summary>How it reads histories of codes; null where the service has none.</summary>
    public HistoryCodes? Codes { get; }

    /// <summary>What is listed where the model cannot answer.</summary>
    public ICandidateGenerator Popular { get; }

    /// <summary>For people and operators.</summary>
    public ModelStatus Status => new(
        Name, Version, Kind, Catalog.Version, Catalog.Count, Bundle?.Version, Parameters is not null, Lists.Waiting);

    /// <summary>Loads a run and answers one request with it, so that the first that counts does not pay for what is made once.</summary>
    /// <param name="name">To serve it under.</param>
    /// <param name="run">Folder of a finished training.</param>
    /// <param name="privacy">Of histories of codes.</param>
    /// <param name="options">Of its queue.</param>
    /// <param name="signer">Signs its bundle; null for none.</param>
    /// <param name="ranker">Of lists; null where the model's own order stands.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the warming up.</param>
    /// <exception cref="RunException">It is no finished run.</exception>
    /// <exception cref="DatasetException">The codes are of other items.</exception>
    public static async Task<ServedModel> OpenAsync(
        string name, string run, PrivacyOptions privacy, BatchQueueOptions options,
        BundleSigner? signer, Func<Catalog, IListRanker>? ranker, TimeProvider time, CancellationToken cancel)
    {
        _ = RunRecipe.OfRun(run);
        var folder = Path.Combine(run, "dataset");
        if (!File.Exists(Path.Combine(run, TrainingJob.WeightsFile)) || !DatasetFolder.Exists(folder))
            throw new RunException($"{run}: not finished ({TrainingJob.WeightsFile} or its data set is missing); train it first");
        var content = ServedContent.Load(run, DatasetFolder.Read(folder), signer);
        var model = new ServedModel(name, run, content, privacy, options, ranker, time);
        var warm = new CandidateRequest { CatalogVersion = model.Catalog.Version, History = [1], Count = 1 };
        try
        {
            if (model.Lists.TryAsk(warm, cancel, out var list)) await list.ConfigureAwait(false);
            return model;
        }
        catch
        {
            model.Leave();
            throw;
        }
    }

    /// <summary>A list with the rows of its items; as it is where the model has no device form.</summary>
    public CandidateList WithSlice(CandidateList list, CandidateRequest request)
    {
        if (_slices is null) return list;
        lock (_slices) return _slices.With(list, request);
    }

    /// <summary>Items in the place of codes, or why there are none.</summary>
    public (int[] Items, Refusal? Refusal) ReadCodes(CodedHistory coded) => Codes is null
        ? ([], new(RefusalKind.NoCodes, "the service was started without codes of the items"))
        : Codes.Read(coded);

    /// <summary>Whether its folder holds these weights still.</summary>
    public bool IsAsOnDisk() => File.Exists(Path.Combine(Run, TrainingJob.WeightsFile)) && TrainingJob.WeightsHash(Run) == Version;

    /// <summary>Begins a use; false where it is retired and nobody uses it any more.</summary>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users) return true;
        return false;
    }

    /// <summary>Ends a use, or its own: the last one closes it.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _ = DisposeAsync().AsTask();
    }

    /// <summary>Answers what waits, then lets go of the networks.</summary>
    public async ValueTask DisposeAsync()
    {
        await Lists.DisposeAsync().ConfigureAwait(false);
        if (Parameters is not null) await Parameters.DisposeAsync().ConfigureAwait(false);
        _scorer?.Dispose();
        _turn.Dispose();
    }

    private static ValueTask<IReadOnlyList<byte[]>> MakeAsync(
        UserParameters parameters, string bundle, IReadOnlyList<ParameterRequest> requests) =>
        ValueTask.FromResult<IReadOnlyList<byte[]>>(
        [
            .. requests.Select(request => parameters.Make(
                new(request.History.ToArray(), request.Times?.ToArray() ?? [], request.Values?.ToArray() ?? []),
                parameters.SmallestForm, bundle)),
        ]);
}
