using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Backbones;
using Tandem.Device.Collaboration;
using Tandem.Device.Items;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device;

/// <summary>
/// A bundle's model, ready to run: the sequence model, and the item table, the items' keys, counts of successors, contents and factors
/// of personal weights where the bundle holds them. It never changes, so any number of sessions and threads share it.
/// </summary>
public sealed class DeviceModel
{
    private readonly ItemKeys? _keys;

    private DeviceModel(Bundle bundle)
    {
        var shape = bundle.Manifest.Backbone;
        (CatalogVersion, Version) = (bundle.Manifest.CatalogVersion, bundle.Manifest.Version);
        Runner = DeviceBackbones.CreateRunner(shape);
        Weights = Runner.Layout.Load(bundle.Weights);
        Runner.Adapter.Initialize(Weights.Span);
        Rows = ItemTable.Read(bundle.Weights, shape);
        _keys = bundle.Keys;
        if (bundle.Manifest.Successors is { } join) Successors = new(SuccessorTable.Read(bundle.Weights, shape.Items), join);
        if (bundle.Factors is { } factors) FactoredLayers = new(factors, Runner.Layout);
        Contents = bundle.Manifest.Contents ?? [];
        if (Rows is not null)
        {
            ContentRows = [.. Contents.Select(join =>
                QuantisedRows.Of(Protocol.Items.ContentRows.Read(bundle.Weights, join.Name, shape.Items, join.Width)))];
        }

        Rules = bundle.Manifest.Collaboration;
        if (Rules is not null) Fusion = new LearnedFusion(Rules.Fusion);
        if (Rules?.Request is { } request) Policy = new ExpectedGainPolicy(request);
        Popular = PopularItems.Read(bundle.Weights, shape.Items);
        if (RankingCheck.FaultOf(this) is { } fault) throw new SafetensorsException(fault);
    }

    /// <summary>Kind and sizes.</summary>
    public BackboneShape Shape => Runner.Shape;

    /// <summary>Names the item numbering; lists of another one are refused.</summary>
    public string CatalogVersion { get; }

    /// <summary>Names the weights.</summary>
    public string Version { get; }

    /// <summary>True where it holds the row of every item, so that the whole catalogue can be ranked without any list.</summary>
    public bool HoldsCatalog => Rows is not null;

    /// <summary>True where the bundle holds the items' keys, so that <see cref="Items"/> can be asked.</summary>
    public bool HoldsKeys => _keys is not null;

    /// <summary>
    /// What an app calls its items, such as product numbers, and the ids that the model uses for them: <c>Items.Find("B004756YJA")</c> is
    /// an id or, for an unknown key, 0; <c>Items[17]</c> is a key.
    /// </summary>
    /// <exception cref="InvalidOperationException">The bundle holds no keys; <see cref="HoldsKeys"/> tells beforehand.</exception>
    public ItemKeys Items => _keys ?? throw new InvalidOperationException(
        $"the bundle of model '{Version}' holds no item keys; export it with them, as 'tandem export RUN --format bundle' does, "
        + "or name items by their ids");

    /// <summary>Counts of what follows what, which join the sequence model's scores; null where the bundle holds none.</summary>
    public CountedSuccessors? Successors { get; }

    /// <summary>
    /// What users share of their personal weights, so that packets of cores or codes can be put in place; null where the bundle holds none,
    /// and full weights alone can.
    /// </summary>
    public ParameterFactors? Factors => FactoredLayers?.Factors;

    /// <summary>How what items are like joins the scores; empty where the bundle holds no contents.</summary>
    public IReadOnlyList<ContentJoin> Contents { get; }

    /// <summary>How a device works with a cloud, as fitted for this model; null where the bundle brings no rules.</summary>
    public CollaborationRules? Rules { get; }

    /// <summary>Most of a user's last events that a score depends on, one by one; at least the window.</summary>
    internal int EventsRead => Math.Max(Shape.Window, EventsJoined);

    /// <summary>Of these, what counts of successors and contents read.</summary>
    internal int EventsJoined => Math.Max(Successors?.Join.Recent ?? 0, Contents.Select(join => join.Recent).DefaultIfEmpty().Max());

    /// <summary>What is recommended while nothing is known of a user; null where the bundle holds none.</summary>
    public PopularItems? Popular { get; }

    /// <summary>The bundle's rule, or null.</summary>
    internal IFusionRule? Fusion { get; }

    /// <summary>The bundle's policy, or null.</summary>
    internal IRequestPolicy? Policy { get; }

    internal Runner Runner { get; }

    /// <summary><see cref="Factors"/> at their places, or null.</summary>
    internal FactoredLayers? FactoredLayers { get; }

    /// <summary>As shipped, by the runner's layout.</summary>
    internal AlignedFloats Weights { get; }

    /// <summary>By item id; null where the device is to get its rows with the lists.</summary>
    internal ItemRows? Rows { get; }

    /// <summary>Content vectors by item id, beside <see cref="Contents"/>; null where the device is to get them with the lists.</summary>
    internal IReadOnlyList<ItemRows>? ContentRows { get; }

    /// <summary>An empty cache for this model's rows; for a model without a table.</summary>
    /// <param name="capacity">Most rows held.</param>
    internal ItemCache CreateCache(int capacity) => new(capacity, Shape.Width, Shape.Items, CatalogVersion, Version, Contents);

    /// <summary>Opens a bundle's folder, where a fault is an error of the caller's and no answer from outside.</summary>
    /// <exception cref="BundleException">The folder holds no bundle that this runtime can run.</exception>
    public static DeviceModel Open(string folder) =>
        TryLoad(Bundle.Open(folder), out var model, out var fault) ? model : throw new BundleException($"{folder}: {fault}");

    /// <summary>Reads the model out of a checked bundle, and ranks once with it: weights that overflow are refused here.</summary>
    /// <param name="bundle">Its hashes have been verified by opening it.</param>
    /// <param name="model">Null where the bundle cannot be run.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryLoad(Bundle bundle, [NotNullWhen(true)] out DeviceModel? model, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        (model, fault) = (null, null);
        try
        {
            model = new DeviceModel(bundle);
            return true;
        }
        catch (SafetensorsException e)
        {
            fault = e.Message;
            return false;
        }
    }
}
