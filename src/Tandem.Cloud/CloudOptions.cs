using Tandem.Cloud.Access;
using Tandem.Cloud.Cluster;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Models;

namespace Tandem.Cloud;

/// <summary>What a service runs on.</summary>
public sealed record CloudOptions
{
    /// <summary>Runs by the name that each is served under; the first is asked where a request names none.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Models { get; init; }

    /// <summary>Where events and keys are kept: <c>sqlite:FILE</c> or <c>postgres:CONNECTION STRING</c>. Default a file in the working
    /// directory.</summary>
    public string Store { get; init; } = "sqlite:tandem.db";

    /// <summary>Addresses to listen at. Default <c>http://127.0.0.1:5080</c>: nothing but this machine.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:5080"];

    /// <summary>Folders that an operator may load new runs from. Default none: no run can be loaded over HTTP.</summary>
    public IReadOnlyList<string> RunFolders { get; init; } = [];

    /// <summary>
    /// True to answer callers without a key as devices of the app <c>default</c>. Default false. What operators do always needs a key.
    /// </summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Tokens (JWT) that are accepted beside API keys; null, the default, for none.</summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>PEM file with the private key (ECDSA P-256) that signs bundles; null, the default, for unsigned ones.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Longest time for an answer. Default 5 s: a person who waits longer has gone on without it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest body. Default 4 MB: a batch of 10,000 events has 1 MB.</summary>
    public long LongestBody { get; init; } = 4 << 20;

    /// <summary>What a device and a key may ask for.</summary>
    public RateOptions Rates { get; init; } = new();

    /// <summary>Calls to models that a device may cause; null, the default, for as many as it likes.</summary>
    public DeviceBudget? Budget { get; init; }

    /// <summary>Other machines that are the same service; null, the default, for this one alone.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Before each model.</summary>
    public BatchQueueOptions Queue { get; init; } = new();

    /// <summary>Lists that were made lately.</summary>
    public ListCacheOptions Cache { get; init; } = new();

    /// <summary>Deletes events that are older; null, the default, keeps them.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Where traces and meters go (OTLP); null, the default, for nowhere.</summary>
    public Uri? Telemetry { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Models.Count == 0) yield return "Models is empty; name at least one run";
        foreach (var twice in Models.GroupBy(model => model.Key, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"Models has the name '{twice.Key}' {twice.Count()} times; names differ";
        foreach (var (name, run) in Models)
        {
            if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                yield return $"Models: the name '{name}' is not of 1 to 64 letters, digits, '-', '_' and '.'";
            if (!Directory.Exists(run)) yield return $"Models: {run} is no folder; give the folder that 'tandem train' wrote";
        }

        if (Urls.Count == 0) yield return "Urls is empty; expected an address such as http://127.0.0.1:5080";
        foreach (var url in Urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                yield return $"Urls: '{url}' is no address; expected one such as http://127.0.0.1:5080";
        }

        foreach (var folder in RunFolders.Where(folder => !Directory.Exists(folder))) yield return $"RunFolders: {folder} is no folder";
        if (Deadline <= TimeSpan.Zero) yield return $"Deadline is {Deadline}; expected more than zero";
        if (LongestBody < 1_024) yield return $"LongestBody is {LongestBody}; expected 1,024 bytes at least";
        if (Retention is { } kept && kept <= TimeSpan.Zero) yield return $"Retention is {kept}; expected more than zero, or none";
        foreach (var fault in Rates.Validate()) yield return $"Rates.{fault}";
        foreach (var fault in Queue.Validate()) yield return $"Queue.{fault}";
        foreach (var fault in Cache.Validate()) yield return $"Cache.{fault}";
        if (Cluster is not null && !Store.StartsWith(Stores.Store.PostgresPrefix, StringComparison.OrdinalIgnoreCase))
            yield return $"Cluster needs a store that all machines share; expected {Stores.Store.PostgresPrefix}CONNECTIONSTRING";
        foreach (var fault in Cluster?.Validate() ?? []) yield return $"Cluster.{fault}";
        foreach (var fault in Budget?.Validate() ?? []) yield return $"Budget.{fault}";
        foreach (var fault in Tokens?.Validate() ?? []) yield return $"Tokens.{fault}";
    }
}
