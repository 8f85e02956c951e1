using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Runs;
using Tandem.Protocol.Messages;

namespace Tandem.Bench;

/// <summary>What does a click cost, an event taken in and 200 candidates ranked, beside ONNX Runtime with the same trained model?</summary>
/// <remarks>
/// The environment variable <c>TANDEM_BENCH_RUN</c> names the run's folder. Both sides have the same events and candidates, float32 rows
/// and no counts of successors. The means hold the clicks that fill the window anew, which medians leave out.
/// </remarks>
[MemoryDiagnoser]
public class ClickBenchmark
{
    private const string Variable = "TANDEM_BENCH_RUN";

    /// <summary>Items of the cloud's list.</summary>
    private const int Candidates = 200;

    /// <summary>Items 1 … of this many are the list and the events.</summary>
    private const int Items = 2_000;

    private const int WarmUp = 5_000;

    private readonly int[] _events = new int[4_096];
    private readonly Recommendation[] _best = new Recommendation[10];
    private int _clicks;

    private DeviceSession _device = null!;

    private InferenceSession _onnx = null!;
    private OrtValue _candidates = null!;

    /// <summary>Loads the run and exports it both ways; the files are read whole and deleted.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (dataset, model) = Load();
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            _device = OpenDevice(dataset, model, folder);
            _onnx = OpenOnnx(dataset, model, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        _candidates = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(1, Candidates).Select(item => (long)item)], [Candidates]);
        var random = NamedSeed.Create(1, "bench events");
        // None of the list, so that it stays whole.
        for (var i = 0; i < _events.Length; i++) _events[i] = random.Next(Candidates + 1, Items);
        for (var i = 0; i < WarmUp; i++) Device(); // until optimised code runs
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _device.Dispose();
        _candidates.Dispose();
        _onnx.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int Device()
    {
        _device.Observe(NextEvent());
        return _device.Recommend(_best.AsSpan(), RankingMode.Fused);
    }

    /// <summary>Scores alone, not ranked, on one thread; the whole history each time, as the graph takes it.</summary>
    [Benchmark]
    public float OnnxRuntime()
    {
        NextEvent();
        var seen = new long[_clicks - (int)_device.Model.Shape.FirstSeen(_clicks)];
        for (var i = 0; i < seen.Length; i++) seen[i] = Event(_clicks - seen.Length + i);
        using var history = OrtValue.CreateTensorValueFromMemory(seen, [1, seen.Length]);
        using var options = new RunOptions();
        using var outputs = _onnx.Run(options, ["history", "candidates"], [history, _candidates], ["scores"]);
        return outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    private int NextEvent() => Event(_clicks++);

    private int Event(int i) => _events[i % _events.Length];

    private static (SequenceDataset Dataset, SequenceModel Model) Load()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } name)
            throw new RunException($"{Variable} is not set; give it the folder of a run that 'tandem train sasrec' wrote");
        var folder = Path.GetFullPath(name);
        var recipe = RunRecipe.OfRun(folder);
        var kind = ModelKinds.Find(recipe.Model);
        if (!kind.IsSequenceModel || !kind.HasGraph)
        {
            throw new RunException(
                $"{folder}: '{kind.Name}' is no sequence model with an ONNX graph; "
                + $"give {Variable} a run of {ModelKinds.Names(known => known.IsSequenceModel && known.HasGraph)}");
        }

        var dataset = DatasetFolder.Read(Path.Combine(folder, "dataset"));
        if (dataset.Catalog.Count < Items)
            throw new RunException($"{folder}: {dataset.Catalog.Count} items; expected {Items} at least, for the list and the events");
        return (dataset, ((SequenceScorer)kind.Load(recipe.Settings, dataset, folder)).Model);
    }

    private static DeviceSession OpenDevice(SequenceDataset dataset, SequenceModel model, string folder)
    {
        var bundle = Path.Combine(folder, "bundle");
        DeviceBundle.Write(model, bundle, DeviceBundleOptions.For(dataset) with { Items = ItemStorage.Full });
        var session = new DeviceSession(DeviceModel.Open(bundle), new());
        return session.TryAccept(List(dataset), out var fault) ? session : throw new InvalidOperationException(fault);
    }

    private static InferenceSession OpenOnnx(SequenceDataset dataset, SequenceModel model, string folder)
    {
        var path = Path.Combine(folder, "model.onnx");
        OnnxModel.Write(model, path, new() { Name = dataset.Name, CatalogVersion = dataset.Catalog.Version });
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        return new InferenceSession(path, options);
    }

    private static CandidateList List(SequenceDataset dataset) => new()
    {
        CatalogVersion = dataset.Catalog.Version,
        ModelVersion = "bench",
        HistoryLength = 0,
        Items = [.. Enumerable.Range(1, Candidates)],
        Scores = [.. Enumerable.Range(1, Candidates).Select(place => -place / 10f)],
    };
}
