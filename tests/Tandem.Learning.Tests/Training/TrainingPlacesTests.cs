using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

public sealed class TrainingPlacesTests
{
    [Theory]
    [InlineData(50, 0)]
    [InlineData(3, 0)]     // longer sequences are cut into rows
    [InlineData(50, 2)]    // rows begin later
    public void A_place_has_the_history_and_the_target_of_the_batch(int window, int randomStart)
    {
        var random = NamedSeed.Create(1, "places");
        int[][] lists = [[], [7], .. Enumerable.Range(0, 30).Select(_ =>
            Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 40)).ToArray()), [9, 9, 9]];
        var sequences = TrainingSequences.Of(40, lists);
        var places = new TrainingPlaces(sequences);
        var cases = places.Cases;
        Assert.Equal(lists.Sum(list => Math.Max(0, list.Length - 1)), places.Count);
        var batches = new TokenBudgetBatches(sequences, new() { Window = window, TokenBudget = 60, RandomStart = randomStart });
        var seen = new List<long>();
        foreach (var batch in batches.Epoch(seed: 1, epoch: 1))
        {
            var real = BatchPlaces.Real(batch);
            var numbers = places.Of(batch, real);
            for (var i = 0; i < real.Length; i++)
            {
                var history = cases.History((int)numbers[i]).Items.ToArray();
                var step = (int)real[i] % batch.Steps;
                Assert.Equal(batch.Targets[real[i]], cases.Target((int)numbers[i]));
                Assert.Equal(batch.Inputs[((int)real[i] - step)..((int)real[i] + 1)], history[^(step + 1)..]);
            }

            seen.AddRange(numbers);
        }

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        if (randomStart == 0) Assert.Equal(Enumerable.Range(0, places.Count).Select(place => (long)place), seen.Order());
    }
}
