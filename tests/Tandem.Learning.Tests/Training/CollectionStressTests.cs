using System.Diagnostics;
using System.Globalization;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

/// <summary>
/// No native object may hang on a managed one that nothing refers to any more: training and generation outlive garbage collections at
/// any moment, and give what they give without. TANDEM_STRESS_SECONDS says how long each model is put to it.
/// </summary>
public class CollectionStressTests
{
    private const int Items = 30;
    private const string LengthVariable = "TANDEM_STRESS_SECONDS";
    private const double ShortestSeconds = 0.5; // the fault that this was written for came within a second

    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 40, Items, minEvents: 4, maxEvents: 9);
    private static readonly SemanticIds _ids = SemanticIds.Create([.. Enumerable.Range(0, Items).Select(i => new[] { i % 6, i / 6 })]);
    private static readonly TrainingOptions _training = new() { Epochs = 2, Seed = 1, ValidateEvery = 1, Patience = 9, Replicas = 2 };

    private static readonly Dictionary<string, Func<double[]>> _models = new()
    {
        ["sasrec"] = () => Sequences(new SasRecOptions { Width = 8, Window = 8 }, NextItemLoss.SampledSoftmax),
        ["sasrec, ligr"] = () => Sequences(new SasRecOptions { Width = 8, Window = 8, Block = SasRecBlockKind.Ligr }, NextItemLoss.Bce),
        ["gru4rec"] = () => Sequences(new Gru4RecOptions { Width = 8, Window = 8 }, NextItemLoss.Bpr),
        ["hstu"] = () => Sequences(new HstuOptions { Width = 8, Window = 8, Heads = 2 }, NextItemLoss.SampledSoftmax),
        ["ttt"] = () => Sequences(new TttOptions { Width = 16, Heads = 1, Window = 8 }, NextItemLoss.SampledSoftmax),
        ["ttt, mlp"] = () =>
            Sequences(new TttOptions { Width = 8, Heads = 1, Window = 8, Inner = TttInner.Mlp }, NextItemLoss.SampledSoftmax),
        ["din"] = TargetAware,
        ["llama"] = Language,
    };

    public static TheoryData<string> Models => [.. _models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Training_gives_the_same_under_garbage_collections_at_any_moment(string model)
    {
        var expected = _models[model]();
        var seconds = double.Parse(Environment.GetEnvironmentVariable(LengthVariable) ?? "0", CultureInfo.InvariantCulture);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() => Collect(stop.Token));
        collector.Start();
        try
        {
            var clock = Stopwatch.StartNew();
            do Assert.Equal(expected, _models[model]());
            while (clock.Elapsed.TotalSeconds < Math.Max(seconds, ShortestSeconds));
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    private static void Collect(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static double[] Sequences(BackboneOptions backbone, NextItemLoss loss)
    {
        var recipe = new SequenceRecipe
        {
            Backbone = backbone,
            Loss = new() { Kind = loss, TokenBudget = 60, Negatives = 10 },
            Training = _training,
        };
        var (model, result) = recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), cancel: TestContext.Current.CancellationToken);
        using (model) return Figures(result);
    }

    private static double[] TargetAware()
    {
        var recipe = new DinRecipe
        {
            Model = new() { Width = 8, Window = 8 },
            Loss = new() { Negatives = 8, TokenBudget = 60 },
            Training = _training,
        };
        var (model, result) = recipe.Train(
            _data, _data.ButLast(), ToySequences.LastItems(_data), cancel: TestContext.Current.CancellationToken);
        using (model) return Figures(result);
    }

    private static double[] Language()
    {
        var recipe = new LlamaRecipe
        {
            Model = new() { Width = 8, Blocks = 1, Heads = 2, Hidden = 16 },
            Window = 6,
            ItemBudget = 60,
            Training = _training,
        };
        var (model, result) = recipe.Train(
            _data, _ids, _data.ButLast(), ToySequences.LastItems(_data), cancel: TestContext.Current.CancellationToken);
        using var own = model;
        var histories = Enumerable.Range(0, 8).Select(user => _data.Sequence(user)[..3].ToArray()).ToArray();
        var search = new ItemSearch(model, new ItemTrie(ItemTokens.Of(_ids)), window: 6);
        var lists = search.Search(histories, [.. histories.Select(_ => 5)]);
        return [.. Figures(result), .. lists.SelectMany(list => list.Select(found => (double)found.Item))];
    }

    private static double[] Figures(TrainingResult result) => [.. result.Epochs.SelectMany(e => new[] { e.Loss, e.Validation ?? 0 })];
}
