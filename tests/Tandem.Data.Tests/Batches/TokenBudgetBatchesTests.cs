using CsCheck;
using Tandem.Data.Batches;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Tests;

namespace Tandem.Data.Tests.Batches;

public class TokenBudgetBatchesTests
{
    private static readonly Gen<(int[] Lengths, TokenBudgetOptions Options)> _cases =
        from lengths in Gen.Int[0, 40].Array[0, 30]
        from window in Gen.Int[1, 20]
        from spare in Gen.Int[0, 60]
        from padding in Gen.Double[0, 1]
        from older in Gen.Bool
        select (lengths, new TokenBudgetOptions
        {
            Window = window,
            TokenBudget = window + spare,
            MaxPadding = padding,
            KeepOlderChunks = older,
        });

    [Fact]
    public void Every_pair_of_neighbours_occurs_exactly_once() => _cases.Sample(test =>
    {
        var expected = test.Lengths.SelectMany((length, s) => Enumerable.Range(0, Math.Max(0, length - 1))
            .Where(i => test.Options.KeepOlderChunks || i >= length - 1 - test.Options.Window)
            .Select(i => (Item(s, i), Item(s, i + 1))));
        var found = Plan(test).Epoch(seed: 1, epoch: 0).SelectMany(Pairs);
        Assert.Equal(expected.Order(), found.Order());
    });

    [Fact]
    public void Rows_hold_neighbouring_items_with_padding_only_on_the_right() => _cases.Sample(test =>
    {
        foreach (var batch in Plan(test).Epoch(seed: 1, epoch: 0))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var inputs = batch.Inputs.AsSpan(row * batch.Steps, batch.Steps);
                var targets = batch.Targets.AsSpan(row * batch.Steps, batch.Steps);
                var length = inputs.IndexOf(0) is var end and >= 0 ? end : batch.Steps;
                Assert.True(length > 0);
                Assert.Equal(-1, inputs[length..].IndexOfAnyExcept(0));
                Assert.Equal(-1, targets[length..].IndexOfAnyExcept(0));
                for (var t = 0; t < length; t++)
                    Assert.Equal(inputs[0] + t + 1, targets[t]);
                Assert.Equal(inputs[1..length], targets[..(length - 1)]);
            }
        }
    });

    [Fact]
    public void No_batch_exceeds_the_window_or_either_budget() => _cases.Sample(test =>
    {
        foreach (var batch in Plan(test).Epoch(seed: 1, epoch: 0))
        {
            Assert.InRange(batch.Rows * batch.Steps, 1, test.Options.TokenBudget);
            Assert.InRange(batch.Steps, 1, test.Options.Window);
            Assert.InRange(batch.Inputs.Length - batch.Tokens, 0, test.Options.MaxPadding * test.Options.TokenBudget);
        }
    });

    [Fact]
    public void The_plan_tells_what_an_epoch_holds() => _cases.Sample(test =>
    {
        var plan = Plan(test);
        var epoch = plan.Epoch(seed: 3, epoch: 2);
        var places = epoch.Sum(batch => batch.Inputs.Length);
        Assert.Equal(plan.Count, epoch.Count);
        Assert.Equal(plan.Tokens, epoch.Sum(batch => batch.Tokens));
        Assert.Equal(plan.Tokens, epoch.Sum(batch => batch.Inputs.Count(item => item > 0)));
        Assert.Equal(places > 0 ? 1 - (double)plan.Tokens / places : 0, plan.PaddingShare, 1e-12);
    });

    [Fact]
    public void Seed_and_epoch_decide_the_order()
    {
        var plan = Plan(([.. Enumerable.Range(2, 60)], new TokenBudgetOptions { TokenBudget = 200, MaxPadding = 1 }));
        int[] Order(int seed, int epoch) => [.. plan.Epoch(seed, epoch).SelectMany(batch => batch.Inputs)];

        Assert.Equal(Order(1, 0), Order(1, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
    }

    [Fact]
    public void Beauty_has_less_than_one_percent_of_padding()
    {
        var dataset = DatasetFolder.Open(SharedFolder.Require("data/beauty"), seed: 1);
        var split = new LeaveOneOut(dataset);
        var plan = new TokenBudgetBatches(dataset.Prefixes(split.TrainLength), new TokenBudgetOptions());
        Assert.Equal(dataset.Interactions - 3 * dataset.Users, plan.Tokens);
        Assert.InRange(plan.PaddingShare, 0, 0.01);
        Assert.InRange(plan.Count, 1, 40);
    }

    [Fact]
    public void A_random_start_leaves_out_oldest_events_of_a_row_and_never_all()
    {
        var (lengths, options) = (
            (int[])[.. Enumerable.Repeat(2, 5), .. Enumerable.Repeat(12, 40)], new TokenBudgetOptions { RandomStart = 3 });
        var plan = Plan((lengths, options));
        var epoch = plan.Epoch(seed: 1, epoch: 0);
        var starts = epoch.SelectMany(batch => Enumerable.Range(0, batch.Rows).Select(row => batch.Inputs[row * batch.Steps])).ToArray();
        Assert.Equal(45, starts.Length);
        Assert.Equal(Enumerable.Range(0, 5).Select(s => Item(s, 0)), starts.Where(item => item < Item(5, 0)).Order());
        Assert.Equal([0, 1, 2, 3], starts.Where(item => item >= Item(5, 0)).Select(item => (item - 1) % 100).Distinct().Order());
        for (var s = 0; s < 45; s++) Assert.Contains(Item(s, lengths[s] - 1), epoch.SelectMany(batch => batch.Targets));

        int[] Inputs(int number) => [.. plan.Epoch(seed: 1, number).SelectMany(batch => batch.Inputs).Order()];
        Assert.Equal(Inputs(0), Inputs(0));
        Assert.NotEqual(Inputs(0), Inputs(1));
        Assert.Equal(Plan((lengths, new())).Epoch(1, 0).Select(batch => (batch.Rows, batch.Steps)).Order(),
            epoch.Select(batch => (batch.Rows, batch.Steps)).Order());
    }

    [Fact]
    public void Times_and_values_stay_with_their_events()
    {
        var sequences = Enumerable.Range(0, 20).Select(s => Enumerable.Range(0, 2 + s).Select(i => Item(s, i)).ToArray()).ToArray();
        var plan = new TokenBudgetBatches(
            new(2001, 20, s => new(
                sequences[s], Array.ConvertAll(sequences[s], i => (long)-i), Array.ConvertAll(sequences[s], i => i / 2f))),
            new() { Window = 6, RandomStart = 2 });
        foreach (var batch in plan.Epoch(seed: 1, epoch: 0))
        {
            Assert.Equal(batch.Inputs.Select(i => (long)-i), batch.Times);
            Assert.Equal(batch.Inputs.Select(i => i / 2f), batch.Values);
        }
    }

    [Fact]
    public void Options_list_every_fault()
    {
        var options = new TokenBudgetOptions { Window = 0, TokenBudget = -1, MaxPadding = 2, RandomStart = -1 };
        var fault = Assert.Throws<ArgumentException>(() => new TokenBudgetBatches(TrainingSequences.Of(1), options));
        Assert.Contains("Window", fault.Message);
        Assert.Contains("TokenBudget", fault.Message);
        Assert.Contains("MaxPadding", fault.Message);
        Assert.Contains("RandomStart", fault.Message);
    }

    private static int Item(int sequence, int position) => 1 + sequence * 100 + position;

    private static TokenBudgetBatches Plan((int[] Lengths, TokenBudgetOptions Options) test)
    {
        var sequences = test.Lengths.Select((length, s) => Enumerable.Range(0, length).Select(i => Item(s, i)).ToArray()).ToArray();
        return new TokenBudgetBatches(TrainingSequences.Of(1 + 100 * sequences.Length, sequences), test.Options);
    }

    private static IEnumerable<(int, int)> Pairs(SequenceBatch batch) =>
        batch.Inputs.Zip(batch.Targets).Where(pair => pair.First > 0).Select(pair => (pair.First, pair.Second));
}
