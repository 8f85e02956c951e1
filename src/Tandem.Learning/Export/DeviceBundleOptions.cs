using Tandem.Data;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;

namespace Tandem.Learning.Export;

/// <summary>What a bundle says beside the weights.</summary>
public sealed record DeviceBundleOptions
{
    /// <summary>Those of a model that was trained on a data set.</summary>
    public static DeviceBundleOptions For(SequenceDataset dataset) =>
        new()
        {
            Name = dataset.Name,
            CatalogVersion = dataset.Catalog.Version,
            UsesTimes = dataset.HasTimes,
            Popular = PopularOf(dataset),
            Keys = KeysOf(dataset.Catalog),
        };

    /// <summary>The bundle's name, such as the data set's.</summary>
    public required string Name { get; init; }

    /// <summary>The numbering of the items.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>
    /// How the item table is held; null, the default, for int8, a quarter of the bytes of float32 and the fastest to rank, which costs a
    /// sequence model no accuracy that could be measured (docs/figures.md). DIN reads rows one by one and ranks no faster by int8, so its
    /// default is float32.
    /// </summary>
    public ItemStorage? Items { get; init; }

    /// <summary>
    /// True where the model was trained with the times of events; of no matter to backbones that ignore them. Default false.
    /// </summary>
    public bool UsesTimes { get; init; }

    /// <summary>Events that a full window lets go of at once; null, the default, for <see cref="BackboneShape.Stride"/>'s own.</summary>
    public int? Stride { get; init; }

    /// <summary>Counts that join the model's scores; null, the default, for the model alone.</summary>
    public CountedSuccessors? Successors { get; init; }

    /// <summary>What items are like, where it joins the model's scores; empty, the default, for the model without.</summary>
    public IReadOnlyList<JoinedContent> Contents { get; init; } = [];

    /// <summary>How the device works with a cloud; null, the default, where the app is to say.</summary>
    public CollaborationRules? Collaboration { get; init; }

    /// <summary>What is recommended to a user of whom nothing is known; null, the default, for nothing.</summary>
    public PopularItems? Popular { get; init; }

    /// <summary>What an app calls the items; null, the default, where it is to keep the catalogue itself.</summary>
    public ItemKeys? Keys { get; init; }

    /// <summary>
    /// What users share of their personal weights, by names of the model's linear layers; null, the default, where packets are to bring
    /// full weights alone.
    /// </summary>
    public ParameterFactors? Factors { get; init; }

    private static ItemKeys KeysOf(Catalog catalog) => ItemKeys.From([.. Enumerable.Range(1, catalog.Count).Select(id => catalog[id].Key)]);

    private static PopularItems PopularOf(SequenceDataset dataset) =>
        PopularItems.FromCounts(dataset.Prefixes(user => dataset.Sequence(user).Length).CountByItem());
}
