using Tandem.Device.Backbones;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests.Models;

/// <summary>A model of any shape with random weights, in ±0.3, norms included.</summary>
internal static class RandomBundle
{
    public static DeviceModel Load(
        BackboneShape shape, int seed = 1, CountedSuccessors? successors = null, ParameterFactors? factors = null)
    {
        var (random, weights) = (new Random(seed), new SafetensorsWriter());
        Add("items.weight", [shape.Items + 1, shape.Width]);
        foreach (var tensor in DeviceBackbones.CreateRunner(shape).Layout.Slices.Where(tensor => !tensor.IsPersonal))
            Add(tensor.Name, tensor.Shape);
        successors?.Table.Write(weights);
        using var folder = new TemporaryFolder();
        var manifest = new BundleManifest
        {
            Name = "random",
            Version = $"{seed}",
            CatalogVersion = TinyBundle.Catalog,
            Backbone = shape,
            Successors = successors?.Join,
        };
        Bundle.Write(folder["bundle"], manifest, weights, factors: factors);
        return DeviceModel.Open(folder["bundle"]);

        void Add(string name, int[] dimensions)
        {
            var values = Enumerable.Range(0, dimensions.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() * 0.6f - 0.3f);
            weights.Add(name, [.. values], dimensions);
        }
    }
}
