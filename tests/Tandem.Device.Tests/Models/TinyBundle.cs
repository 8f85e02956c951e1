using Tandem.Protocol.Bundles;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests.Models;

/// <summary>How a tiny bundle holds its item table.</summary>
public enum TinyStorage
{
    Full,
    Half,
    Quantised,
}

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

    /// <summary>How the item table is held.</summary>
    public TinyStorage Items { get; set; }

    /// <summary>True to make a value of the item table NaN.</summary>
    public bool SpoilItems { get; set; }

    /// <summary>What the manifest says of counts; null where the model is without.</summary>
    public SuccessorJoin? Join { get; set; }

    /// <summary>What the manifest says of contents; null where the model is without.</summary>
    public IReadOnlyList<ContentJoin>? Contents { get; set; }

    /// <summary>What the manifest says of working with a cloud; null where it says nothing.</summary>
    public CollaborationRules? Rules { get; set; }

    /// <summary>What an app calls the items; null, the default, for no keys.</summary>
    public ItemKeys? Keys { get; set; }

    /// <summary>What users share of their personal weights; null, the default, for none.</summary>
    public ParameterFactors? Factors { get; set; }

    /// <summary>Adds tensors of counts.</summary>
    public Action<SafetensorsWriter>? Counts { get; set; }

    public const string Catalog = "catalogue-a";

    public string CatalogVersion { get; set; } = Catalog;

    public string Version { get; set; } = "1";

    public SasRecShape Shape { get; set; }

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>A key for each of its items, which begins with a prefix.</summary>
    public static ItemKeys KeysOf(string prefix) => ItemKeys.From([.. Enumerable.Range(1, 40).Select(item => $"{prefix}{item:00}")]);

    /// <summary>A model of random weights that runs.</summary>
    public static DeviceModel Load(int seed = 1) => new TinyBundle(seed).LoadModel();

    /// <summary>The same with rules of collaboration.</summary>
    public static DeviceModel Load(CollaborationRules rules) => new TinyBundle { Rules = rules }.LoadModel();

    /// <summary>The bundle's model.</summary>
    public DeviceModel LoadModel() =>
        DeviceModel.TryLoad(Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);

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

    public float[] Values(string name) => _tensors[name].Values;

    public void Fill(string name, float value) => Array.Fill(_tensors[name].Values, value);

    public void Set(string name, int place, float value) => _tensors[name].Values[place] = value;

    public Bundle Open(string? integerTensor = null)
    {
        using var folder = new TemporaryFolder();
        var weights = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in _tensors)
        {
            if (name == "items.weight" && Items != TinyStorage.Full) AddItems(weights, values);
            else if (name == integerTensor) weights.Add(name, new int[values.Length], shape);
            else weights.Add(name, values, shape);
        }

        Counts?.Invoke(weights);
        var manifest = new BundleManifest
        {
            Name = "tiny",
            Version = Version,
            CatalogVersion = CatalogVersion,
            Backbone = Shape,
            Successors = Join,
            Contents = Contents,
            Collaboration = Rules,
        };
        Bundle.Write(folder["bundle"], manifest, weights, Keys, Factors);
        return Bundle.Open(folder["bundle"]);
    }

    private void AddItems(SafetensorsWriter weights, float[] values)
    {
        if (Items == TinyStorage.Half)
        {
            var halves = values.Select(value => (Half)value).ToArray();
            if (SpoilItems) halves[5] = Half.NaN;
            weights.Add<Half>("items.weight", halves, values.Length / Shape.Width, Shape.Width);
            return;
        }

        var (codes, scales, D) = (new sbyte[values.Length], new float[values.Length / Shape.Width], Shape.Width);
        for (var i = 0; i < scales.Length; i++) scales[i] = Int8Quantisation.Quantise(values.AsSpan(i * D, D), codes.AsSpan(i * D, D));
        if (SpoilItems) scales[5] = float.NaN;
        weights.Add<sbyte>("items.codes", codes, scales.Length, D);
        weights.Add<float>("items.scales", scales, scales.Length);
    }
}
