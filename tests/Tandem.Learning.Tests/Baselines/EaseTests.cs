using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

public sealed class EaseTests : BaselineContract
{
    protected override PlantedPattern Pattern => PlantedPattern.Groups;

    /// <summary>
    /// The definition behind the closed form, in float64: column j of B is the ridge regression of item j on all other items.
    /// A few items that nearly everybody has make the matrix as ill-conditioned as popularity does.
    /// </summary>
    [Theory]
    [InlineData(5, 1.0)]
    [InlineData(40, 10.0)]
    [InlineData(40, 500.0)]
    public void Weights_are_those_of_a_ridge_regression_of_each_item_on_the_others(int items, double regularization)
    {
        var training = Sequences(items, users: 3000);
        var options = new EaseOptions { Regularization = regularization };
        var scorer = Ease.Train(options, TrainingSequences.Of(items, training));
        var gram = Gram(items, training);
        for (var item = 1; item <= items; item++)
        {
            var expected = Regression(gram, item - 1, regularization);
            for (var other = 1; other <= items; other++)
                Close.Number(expected[other - 1], Score(scorer, [[other]])[0][item], tolerance: 2e-5);
        }
    }

    [Fact]
    public void A_score_is_the_sum_of_what_each_distinct_item_adds_in_any_order()
    {
        var scorer = Train();
        var alone = Score(scorer, [[2], [5], [7]]);
        var expected = Enumerable.Range(0, Pattern.Items + 1).Select(item => alone[0][item] + alone[1][item] + alone[2][item]).ToArray();
        var together = Score(scorer, [[2, 5, 7], [7, 2, 2, 5, 7]]);
        Assert.Equal(expected, together[0]);
        Assert.Equal(expected, together[1]);
    }

    [Fact]
    public void A_catalogue_beyond_the_limit_is_refused_before_anything_is_built()
    {
        var e = Assert.Throws<TrainingException>(() => Ease.Train(new() { MaxItems = 10 }, TrainingSequences.Of(11)));
        Assert.Contains("11 items", e.Message, StringComparison.Ordinal);
        Assert.Contains("at most 10", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<TrainingException>(() => Ease.Train(new(), TrainingSequences.Of(1_000_000)));
        Assert.Contains("4000.0 GB", e.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Items that every user has make XᵀX of rank 1, so that nothing but λ keeps the inverse there; and the bound must decide, not the
    /// order in which a processor sums.
    /// </summary>
    [Theory]
    [InlineData(2, 1000)]
    [InlineData(40, 3000)]
    [InlineData(300, 2000)]
    public void Regularisation_that_rounding_swallows_is_refused_by_exact_counts(int items, int users)
    {
        var everything = Enumerable.Range(1, items).ToArray();
        var least = 8.0 * items * users / (1 << 24);
        Ease Train(double regularization) =>
            Ease.Train(new() { Regularization = regularization }, new(items, users, _ => everything));

        var scores = Score(Train(least), [[1]])[0];
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        foreach (var regularization in new[] { 0.99 * least, 1e-9, double.Epsilon })
        {
            var e = Assert.Throws<TrainingException>(() => Train(regularization));
            Assert.Contains($"these {items} items", e.Message, StringComparison.Ordinal);
            Assert.Contains("raise the regularisation", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Save(Train(), path);
        var weights = new float[Pattern.Items * Pattern.Items];
        weights[3] = float.NaN;
        Rewrite(path, _ => { }, without: "weights", writer => writer.Add<float>("weights", weights, Pattern.Items, Pattern.Items));
        AssertRefused(path, "finite");
    }

    [Fact]
    public void Options_list_every_fault()
    {
        Assert.Empty(new EaseOptions { MaxItems = EaseOptions.MostItems }.Validate());
        Assert.Equal(2, new EaseOptions { Regularization = 0, MaxItems = EaseOptions.MostItems + 1 }.Validate().Count());
    }

    [Fact]
    public void The_most_items_leave_room_in_the_longest_array_for_a_files_header() =>
        Assert.True(4L * EaseOptions.MostItems * EaseOptions.MostItems < Array.MaxLength - 100_000);

    [Fact]
    public void Training_leaves_no_tensor_behind() => LiveTensors.AssertKept(() => Train());

    internal override IItemScorer Train(TrainingSequences sequences) => Ease.Train(new(), sequences);

    internal override void Save(IItemScorer scorer, string path) => ((Ease)scorer).Save(path);

    internal override IItemScorer Load(string path) => Ease.Load(path);

    private static int[][] Sequences(int items, int users)
    {
        var random = NamedSeed.Create(1, "sequences", items);
        bool Has(int item) => random.NextDouble() < (item <= 3 ? 0.9 : 2.0 / item);
        return [.. Enumerable.Range(0, users).Select(_ => Enumerable.Range(1, items).Where(Has).ToArray())];
    }

    private static double[,] Gram(int items, int[][] training)
    {
        var gram = new double[items, items];
        foreach (var sequence in training)
        {
            foreach (var a in sequence)
            {
                foreach (var b in sequence)
                    gram[a - 1, b - 1]++;
            }
        }

        return gram;
    }

    /// <summary>Solves (X₋ⱼᵀX₋ⱼ + λI) w = X₋ⱼᵀxⱼ by elimination; w[j] = 0.</summary>
    private static double[] Regression(double[,] gram, int j, double regularization)
    {
        var others = Enumerable.Range(0, gram.GetLength(0)).Where(i => i != j).ToArray();
        double Ridge(int a, int b) => gram[a, b] + (a == b ? regularization : 0);
        var rows = others.Select(a => others.Select(b => Ridge(a, b)).Append(gram[a, j]).ToArray()).ToArray();
        for (var pivot = 0; pivot < rows.Length; pivot++)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                if (row == pivot) continue;
                var factor = rows[row][pivot] / rows[pivot][pivot];
                for (var column = pivot; column <= rows.Length; column++) rows[row][column] -= factor * rows[pivot][column];
            }
        }

        var weights = new double[gram.GetLength(0)];
        for (var i = 0; i < others.Length; i++) weights[others[i]] = rows[i][^1] / rows[i][i];
        return weights;
    }
}
