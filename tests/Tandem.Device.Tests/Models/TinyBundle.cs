using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests.Models;

/// <summary>Bundles of random weights, small enough to write one per test.</summary>
internal sealed class TinyBundle
{
    private readonly SortedDictionary<string, (int[] Shape, float[] Values)> _tensors = [];

    public TinyBundle(int seed = 1, int blocks = 2)
    {
        Shape = new() { Items = 40, Width = 8, Blocks = blocks, Heads = 2, Inner = 8, Window = 5 };
        var (random, D) = (new Random(seed), Shape.Width);
        Add("items.weight", Shape.Items + 1, D);
        Add("backbone.position", Shape.Window, D);
        AddNorm("backbone.norm");
        for (var b = 0; b < blocks; b++)
        {
            AddNorm($"backbone.blocks.{b}.attention_norm");
            AddNorm($"backbone.blocks.{b}.feed_forward_norm");
            AddLinear($"backbone.blocks.{b}.qkv", 3 * D);
            foreach (var name in new[] { "output", "expand", "contract" }) AddLinear($"backbone.blocks.{b}.{name}", D);
        }

        void Add(string name, params int[] shape) =>
            _tensors[name] = (shape, [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)]);

        void AddNorm(string name)
        {
            Add($"{name}.weight", D);
            Add($"{name}.bias", D);
        }

        void AddLinear(string name, int outputs)
        {
            Add($"{name}.weight", outputs, D);
            Add($"{name}.bias", outputs);
        }
    }

    public const string Catalog = "catalogue-a";

    public SasRecShape Shape { get; set; }

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>A model of random weights that runs.</summary>
    public static DeviceModel Load(int seed = 1) =>
        DeviceModel.TryLoad(new TinyBundle(seed).Open(), out var model, out var fault)
            ? model!
            : throw new InvalidOperationException(fault);

    /// <summary>Another longest history, with random positions.</summary>
    public void Widen(int window)
    {
        var random = new Random(window);
        Shape = Shape with { Window = window };
        Reshape("backbone.position", window, Shape.Width);
        foreach (ref var value in _tensors["backbone.position"].Values.AsSpan()) value = random.NextSingle() - 0.5f;
    }

    public void Remove(string name) => _tensors.Remove(name);

    public void Reshape(string name, params int[] shape) =>
        _tensors[name] = (shape, new float[shape.Aggregate((a, b) => a * b)]);

    public void Fill(string name, float value) => Array.Fill(_tensors[name].Values, value);

    public void Set(string name, int place, float value) => _tensors[name].Values[place] = value;

    public Bundle Open(string? integerTensor = null)
    {
        using var folder = new TemporaryFolder();
        var weights = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in _tensors)
        {
            if (name == integerTensor) weights.Add(name, new int[values.Length], shape);
            else weights.Add(name, values, shape);
        }

        var manifest = new BundleManifest { Name = "tiny", Version = "1", CatalogVersion = Catalog, Backbone = Shape };
        Bundle.Write(folder["bundle"], manifest, weights);
        return Bundle.Open(folder["bundle"]);
    }
}
