using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Bundles;

/// <summary>A small valid bundle.</summary>
internal static class SampleBundle
{
    public static SasRecShape Shape { get; } = new() { Items = 4, Width = 2, Blocks = 1, Heads = 1, Inner = 2, Window = 3 };

    public static BundleManifest Manifest { get; } = new()
    {
        Name = "films",
        Version = "2024-05",
        CatalogVersion = "c1",
        Backbone = Shape,
    };

    public static SafetensorsWriter Weights(float first = 1f)
    {
        var writer = new SafetensorsWriter();
        writer.Add("item.weight", [first, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f], 5, 2);
        return writer;
    }

    public static void Write(string folder, float first = 1f) => Bundle.Write(folder, Manifest, Weights(first));

    public static void Write(string folder, ItemKeys keys) => Bundle.Write(folder, Manifest, Weights(), keys);

    /// <summary>Asserts that the folder is refused both ways and that the fault names each of the given texts.</summary>
    public static void AssertRefused(string folder, params string[] named)
    {
        Assert.False(Bundle.TryOpen(folder, out var bundle, out var fault));
        Assert.Null(bundle);
        foreach (var text in named) Assert.Contains(text, fault, StringComparison.Ordinal);
        Assert.Equal($"{folder}: {fault}", Assert.Throws<BundleException>(() => Bundle.Open(folder)).Message);
    }
}
