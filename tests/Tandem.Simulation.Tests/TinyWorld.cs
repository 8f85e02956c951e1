using Tandem.Data;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Simulation.Tests;

/// <summary>A handful of users and an untrained device model: what is replayed matters here, not how well it ranks.</summary>
internal sealed class TinyWorld : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyWorld(params int[][] sequences)
        : this(hasTimes: false, values: null, sequences)
    {
    }

    /// <param name="hasTimes">True for times a minute apart.</param>
    /// <param name="values">Of all events, or null.</param>
    /// <param name="sequences">Of the users.</param>
    public TinyWorld(bool hasTimes, float[]? values, params int[][] sequences)
    {
        var items = sequences.Max(s => s.Max());
        var catalog = new Catalog(Enumerable.Range(1, items).Select(i => new ItemDescription($"{i}", null, [], null)));
        var offsets = new int[sequences.Length + 1];
        for (var user = 0; user < sequences.Length; user++) offsets[user + 1] = offsets[user] + sequences[user].Length;
        Dataset = new SequenceDataset(
            "tiny", "test", catalog, seed: 1, hasTimes, [.. sequences.Select((_, u) => $"u{u}")], offsets,
            [.. sequences.SelectMany(s => s)], [.. sequences.SelectMany(s => Enumerable.Range(0, s.Length).Select(t => 60L * t))], values);
        using var model = Options.Device.Build(items, new Noise(1));
        DeviceBundle.Write(model, _folder["bundle"], new() { Name = "tiny", CatalogVersion = catalog.Version, Items = ItemStorage.Full });
        Assert.True(DeviceModel.TryLoad(Bundle.Open(_folder["bundle"]), out var device, out _));
        Device = device!;
    }

    public SequenceDataset Dataset { get; }

    public DeviceModel Device { get; }

    public SimulationOptions Options { get; init; } = new()
    {
        Seed = 1,
        ListLength = 10,
        Device = new SequenceRecipe { Backbone = new SasRecOptions { Width = 8, Window = 6 }, Training = new() { Epochs = 1, Seed = 1 } },
        Cloud = new LlamaRecipe { Training = new() { Epochs = 1, Seed = 1 } },
    };

    public void Dispose() => _folder.Dispose();
}

/// <summary>Offers items by rising number, and keeps what it was asked.</summary>
internal sealed class CountingUp(string catalogVersion, int items) : ICandidateGenerator
{
    public List<CandidateRequest> Requests { get; } = [];

    public string CatalogVersion => catalogVersion;

    public string ModelVersion => "counting up";

    public ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default)
    {
        Requests.AddRange(requests);
        return new([.. requests.Select(request =>
        {
            var list = Enumerable.Range(1, items).Except(request.IncludeSeen ? [] : request.History).Take(request.Count).ToArray();
            return new CandidateList
            {
                CatalogVersion = catalogVersion,
                ModelVersion = ModelVersion,
                HistoryLength = request.History.Count,
                Items = list,
                Scores = [.. list.Select((_, place) => (float)-place)],
            };
        })]);
    }
}

/// <summary>Nobody watches.</summary>
internal sealed class Unwatched : IRunProgress, IProgress<TrainingProgress>
{
    public IProgress<TrainingProgress> Training(string name) => this;

    public void Report(string stage, int done, int total)
    {
    }

    public void Report(TrainingProgress value)
    {
    }
}
