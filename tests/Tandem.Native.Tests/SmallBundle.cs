using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Tests;

/// <summary>A bundle's folder with random weights.</summary>
internal static class SmallBundle
{
    public const string Catalog = "catalogue-a";
    public const int Items = 40;

    private const int D = 8;

    private static readonly SuccessorJoin _join = new() { Recent = 8, RecencyDecay = 0.5, Shares = false, Weight = 3, Offset = 1 };

    /// <summary>Writes it.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="catalog">Version of the numbering.</param>
    /// <param name="counts">True to add counts: each item is followed by the three after it.</param>
    /// <param name="window">Events that the model sees at once.</param>
    /// <param name="keys">What an app calls the items; null for no keys.</param>
    /// <returns>The folder.</returns>
    public static string Write(
        string folder, int seed = 1, string catalog = Catalog, bool counts = false, int window = 5, IReadOnlyList<string>? keys = null)
    {
        var (random, weights) = (new Random(seed), new SafetensorsWriter());
        var shape = new SasRecShape { Items = Items, Width = D, Blocks = 1, Heads = 2, Inner = D, Window = window };
        Add("items.weight", Items + 1, D);
        Add("backbone.position", shape.Window, D);
        foreach (var norm in new[] { "norm", "blocks.0.attention_norm", "blocks.0.feed_forward_norm" }) AddPair($"backbone.{norm}", D);
        AddPair("backbone.blocks.0.qkv", 3 * D, D);
        foreach (var layer in new[] { "output", "expand", "contract" }) AddPair($"backbone.blocks.0.{layer}", D, D);
        if (counts) Counts().Write(weights);
        var manifest = new BundleManifest
        {
            Name = "small",
            Version = $"{seed}",
            CatalogVersion = catalog,
            Backbone = shape,
            Successors = counts ? _join : null,
        };
        Bundle.Write(folder, manifest, weights, keys is null ? null : ItemKeys.From(keys));
        return folder;

        void AddPair(string name, params int[] dimensions)
        {
            Add($"{name}.weight", dimensions);
            Add($"{name}.bias", dimensions[0]);
        }

        void Add(string name, params int[] dimensions) => weights.Add<float>(
            name, [.. Enumerable.Range(0, dimensions.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], dimensions);
    }

    private static SuccessorTable Counts()
    {
        var ends = Enumerable.Range(0, Items + 1).Select(item => Math.Min(3 * item, 3 * (Items - 3))).ToArray();
        int[] followers = [.. Enumerable.Range(1, Items - 3).SelectMany(item => Enumerable.Range(item + 1, 3))];
        return SuccessorTable.FromCounts(ends, followers, [.. followers.Select((_, i) => 1f + i % 3)]);
    }
}
