using Tandem.Learning.Backbones;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>What only a state that events have written to can know.</summary>
public class TttLearningTests
{
    private const int Items = 24;
    private const int Own = 3;
    private const int Steps = 12;

    [Fact]
    public void A_user_s_own_items_are_remembered_by_the_state_and_not_without_a_rate()
    {
        // Every user takes three items of its own, never the same twice in a row: which they are is in the history alone.
        var trained = Recall(TttControl.None);
        var still = Recall(TttControl.ZeroRate);
        Assert.True(trained > 0.9, $"{trained:0.00} of the next items are among the best {Own}");
        Assert.True(still < 0.6, $"{still:0.00} even without a rate: the data give it away");
    }

    private static double Recall(TttControl control)
    {
        var random = new Random(5);
        var sequences = Enumerable.Range(0, 300).Select(_ => Sequence(random)).ToArray();
        var data = ToySequences.Dataset(Items, sequences[..250]);
        var recipe = new SequenceRecipe
        {
            Backbone = new TttOptions
            {
                Width = 32,
                Heads = 2,
                MiniBatch = 4,
                FeedForwardWidth = 32,
                Window = Steps,
                Dropout = 0,
                Control = control,
            },
            Loss = new() { Kind = NextItemLoss.FullSoftmax, TokenBudget = 256 },
            Training = new() { Epochs = 15, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        var (model, _) = recipe.Train(data, data.Whole(), validation: null, cancel: TestContext.Current.CancellationToken);
        using var scorer = new SequenceScorer(model);
        var cases = new RankedCases(50, i => sequences[250 + i][..^1], i => sequences[250 + i][^1]);
        return FullRanking.Ranks(scorer, cases, maskSeen: false).Count(rank => rank <= Own) / 50.0;
    }

    private static int[] Sequence(Random random)
    {
        var own = Enumerable.Range(1, Items).OrderBy(_ => random.Next()).Take(Own).ToArray();
        var sequence = new int[Steps];
        for (var t = 0; t < Steps; t++)
        {
            do sequence[t] = own[random.Next(Own)];
            while (t > 0 && sequence[t] == sequence[t - 1]);
        }

        return sequence;
    }
}
