using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Learning.Collaboration;

namespace Tandem.Cloud.Models;

/// <summary>
/// The models that are served, by name. A new version of one is loaded beside the old and takes its place between two requests; the old
/// one stays at hand to go back to, and is closed when a third comes and its last request is answered.
/// </summary>
/// <param name="options">Of the queues.</param>
/// <param name="privacy">Of histories of codes.</param>
/// <param name="signer">Signs bundles, and is closed with it; null where they are not signed.</param>
/// <param name="ranker">Of each catalogue's lists; null where the models' own order stands.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelRegistry(
    BatchQueueOptions options, PrivacyOptions privacy, BundleSigner? signer, Func<Catalog, IListRanker>? ranker, TimeProvider time)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _loading = new(1, 1); // one at a time: two at once would need the memory of both
    private readonly Dictionary<string, Versions> _models = new(StringComparer.Ordinal);
    private string? _default;

    /// <summary>The models that answer now.</summary>
    public IReadOnlyList<ServedModel> Current
    {
        get
        {
            lock (_lock) return [.. _models.Values.Select(versions => versions.Now)];
        }
    }

    /// <summary>Those that answer, then those before them.</summary>
    private IReadOnlyList<ServedModel> All
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _models.Values.Select(versions => versions.Now),
                    .. _models.Values.Select(versions => versions.Before).OfType<ServedModel>(),
                ];
            }
        }
    }

    /// <summary>
    /// Loads a run under a name, whose requests it answers from then on. The run that serves under it stays: what is asked twice is done
    /// once.
    /// </summary>
    /// <exception cref="Tandem.Learning.Runs.RunException">It cannot be used; what served before serves on.</exception>
    public async Task<ServedModel> ServeAsync(string name, string run, CancellationToken cancel)
    {
        await _loading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Current.FirstOrDefault(known => known.Name == name) is { } same && same.Run == run && same.IsAsOnDisk()) return same;
            var model = await Task.Run(() => ServedModel.OpenAsync(name, run, privacy, options, signer, ranker, time, cancel), cancel)
                .ConfigureAwait(false);
            ServedModel? retired = null;
            lock (_lock)
            {
                _default ??= name;
                retired = _models.TryGetValue(name, out var before) ? before.Before : null;
                _models[name] = new(model, before?.Now);
            }

            retired?.Leave();
            return model;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Serves the version before again.</summary>
    /// <returns>The version that serves now, or null where there is none before.</returns>
    public ServedModel? RollBack(string name)
    {
        lock (_lock)
        {
            if (!_models.TryGetValue(name, out var versions) || versions.Before is null) return null;
            _models[name] = new(versions.Before, versions.Now);
            return versions.Before;
        }
    }

    /// <summary>The model of a name, to be left when it was used; null where there is none.</summary>
    /// <param name="name">Null for the model that was served first.</param>
    public ServedModel? Enter(string? name)
    {
        while (true)
        {
            ServedModel model;
            lock (_lock)
            {
                if ((name ?? _default) is not { } known || !_models.TryGetValue(known, out var versions)) return null;
                model = versions.Now;
            }

            if (model.TryEnter()) return model;
        }
    }

    /// <summary>
    /// The model whose bundle a device has, the one before included, to be left when it was used; null where there is none.
    /// </summary>
    public ServedModel? EnterBundle(string version)
    {
        foreach (var model in All)
            if (model.Bundle?.Version == version && model.TryEnter()) return model;
        return null;
    }

    /// <summary>What devices get under a model's name, or the name in its manifest.</summary>
    /// <param name="name">Either.</param>
    /// <param name="version">Null for the newest.</param>
    public BundleFiles? BundleOf(string name, string? version)
    {
        var ofName = (version is null ? Current : All).Where(model => model.Name == name || model.Bundle?.Name == name);
        return ofName.Select(model => model.Bundle).FirstOrDefault(
            bundle => bundle is not null && (version ?? bundle.Version) == bundle.Version);
    }

    /// <summary>The catalogue of a version, where a model has it, the one before included.</summary>
    public Catalog? CatalogOf(string version) => All.Select(model => model.Catalog).FirstOrDefault(catalog => catalog.Version == version);

    /// <summary>The same key, in the text that a catalogue already holds where one does: many devices remember the same items.</summary>
    public string SharedKey(string key)
    {
        foreach (var model in Current)
            if (model.Catalog.FindId(key) is > 0 and var item) return model.Catalog[item].Key;
        return key;
    }

    /// <summary>The refusal where there is no model of a name.</summary>
    public static Refusal Unknown(string? name) => new(
        RefusalKind.UnknownModel, name is null ? "no model is served" : "no model of this name is served; GET /v1/models lists them");

    /// <summary>Answers what waits, then closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        var all = All;
        lock (_lock) _models.Clear();
        foreach (var model in all) await model.DisposeAsync().ConfigureAwait(false);
        _loading.Dispose();
        signer?.Dispose();
    }

    private sealed record Versions(ServedModel Now, ServedModel? Before);
}
