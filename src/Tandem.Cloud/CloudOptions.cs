using Tandem.Cloud.Access;
using Tandem.Cloud.Cluster;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Events;
using Tandem.Cloud.Experiments;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Models;
using Tandem.Cloud.Operations;
using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Learning.Collaboration;

namespace Tandem.Cloud;

/// <summary>What a service runs on.</summary>
public sealed record CloudOptions
{
    /// <summary>Runs by the name that each is served under; the first is asked where a request names none.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Models { get; init; }

    /// <summary>
    /// Where events and keys are kept: <c>sqlite:FILE</c> or <c>postgres:CONNECTION STRING</c>. Default a file in the working directory.
    /// </summary>
    public string Store { get; init; } = "sqlite:tandem.db";

    /// <summary>Addresses to listen at. Default <c>http://127.0.0.1:5080</c>: nothing but this machine.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:5080"];

    /// <summary>Other machines that are the same service; null, the default, for this one alone.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>PEM file with the private key (ECDSA P-256) that signs bundles; null, the default, for unsigned ones.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Where traces and meters go (OTLP); null, the default, for nowhere.</summary>
    public Uri? Telemetry { get; init; }

    /// <summary>Who may ask, and how often.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>How long and how large a request may be.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>
    /// Puts the lists of every served model in another order, by its catalogue; null, the default, for the models' own. What it costs in
    /// time comes on top of a model's.
    /// </summary>
    public Func<Catalog, IListRanker>? Ranker { get; init; }

    /// <summary>Before each model.</summary>
    public BatchQueueOptions Queue { get; init; } = new();

    /// <summary>Devices that tell no items.</summary>
    public PrivacyOptions Privacy { get; init; } = new();

    /// <summary>Lists that were made lately.</summary>
    public ListCacheOptions Cache { get; init; } = new();

    /// <summary>What happens where a model makes no list.</summary>
    public ListOptions Lists { get; init; } = new();

    /// <summary>Comparisons of ways to serve. Default none.</summary>
    public IReadOnlyList<Experiment> Experiments { get; init; } = [];

    /// <summary>What a device may cause.</summary>
    public DeviceOptions Devices { get; init; } = new();

    /// <summary>How long events are kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>What operators may do over HTTP.</summary>
    public OperatorOptions Operators { get; init; } = new();

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate() => Faults()
        .Concat(Named(nameof(Access), Access.Validate())).Concat(Named(nameof(Limits), Limits.Validate()))
        .Concat(Named(nameof(Queue), Queue.Validate())).Concat(Named(nameof(Cache), Cache.Validate()))
        .Concat(Named(nameof(Devices), Devices.Budget?.Validate() ?? [])).Concat(Named(nameof(Retention), Retention.Validate()))
        .Concat(Named(nameof(Privacy), Privacy.Validate())).Concat(Named(nameof(Lists), Lists.Validate(Names)))
        .Concat(ExperimentCheck.Validate(Experiments, Names).Select(fault => $"{nameof(Experiments)}: {fault}"))
        .Concat(Named(nameof(Operators), Operators.Validate())).Concat(Named(nameof(Cluster), Cluster?.Validate() ?? []));

    private string[] Names => [.. Models.Select(model => model.Key)];

    private static IEnumerable<string> Named(string part, IEnumerable<string> faults) => faults.Select(fault => $"{part}.{fault}");

    private IEnumerable<string> Faults()
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

        if (Cluster is not null && !Store.StartsWith(Stores.Store.PostgresPrefix, StringComparison.OrdinalIgnoreCase))
            yield return $"Cluster needs a store that all machines share; expected {Stores.Store.PostgresPrefix}CONNECTIONSTRING";
    }
}
