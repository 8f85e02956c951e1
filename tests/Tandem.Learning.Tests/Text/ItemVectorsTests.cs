using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Text;

namespace Tandem.Learning.Tests.Text;

public class ItemVectorsTests
{
    /// <summary>Vectors near a plane in five dimensions; item 4 has none.</summary>
    private static ItemVectors Plane(int items = 30)
    {
        var (random, values, has) = (new Random(1), new float[(items + 1) * 5], new bool[items + 1]);
        for (var item = 1; item <= items; item++)
        {
            if (item == 4) continue;
            has[item] = true;
            var (a, b) = (random.NextSingle() * 4 - 2, random.NextSingle() * 2 - 1);
            float[] row = [a, b, a + b, 7, 0.01f * random.NextSingle()];
            row.CopyTo(values, item * 5);
        }

        return new("plane", items, 5, values, has);
    }

    [Fact]
    public void Two_components_hold_a_plane()
    {
        var components = PrincipalComponents.Of(Plane(), 2);
        Assert.True(components.ExplainedShare > 0.9999, $"{components.ExplainedShare}");
        var (plane, reduced) = (Plane(), components.Apply(Plane()));
        Assert.Equal((30, 2, 29), (reduced.Items, reduced.Width, reduced.Known));
        // Distances stay.
        Assert.Equal(Distance(plane[1], plane[2]), Distance(reduced[1], reduced[2]), 0.01);
        Assert.Equal(0f, reduced[4][0]);
        double mean = 0;
        for (var item = 1; item <= 30; item++) mean += reduced[item][0];
        Assert.Equal(0, mean, 1e-4);

        static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            var squares = 0.0;
            for (var i = 0; i < a.Length; i++) squares += Math.Pow(a[i] - b[i], 2);
            return Math.Sqrt(squares);
        }
    }

    [Fact]
    public void A_start_has_the_root_mean_square_that_is_asked_for()
    {
        var start = Plane().Start(3, 0.2);
        Assert.Equal(3, start.Width);
        var squares = 0.0;
        foreach (var value in start.Values) squares += value * value;
        Assert.Equal(0.2, Math.Sqrt(squares / (29 * 3)), 1e-4);
        Assert.Equal(5, Plane().Start(64, 0.2).Width);
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("din")]
    public void A_models_table_starts_from_it_and_other_rows_stay_random(string kind)
    {
        using var sequence = new SequenceModel(30, new SasRecOptions { Width = 8 }.Build(new Noise(1)));
        using var din = new Din(30, new() { Width = 8 }, new Noise(1));
        Action<ItemVectors> startFrom = kind == "din" ? din.StartFrom : sequence.StartFrom;
        var table = kind == "din" ? din.Items : sequence.Items;
        var before = TensorValues.Copy(table.Weight);
        var start = Plane().Start(3, 0.2);
        startFrom(start);
        var after = TensorValues.Copy(table.Weight);
        for (var item = 0; item <= 30; item++)
        {
            for (var d = 0; d < 8; d++)
                Assert.Equal(d < 3 && start.Has(item) ? start[item][d] : before[item * 8 + d], after[item * 8 + d]);
        }

        Assert.Throws<ArgumentException>(() => startFrom(Plane(29).Start(3, 0.2)));
    }

    [Fact]
    public void Shuffled_vectors_are_the_same_ones_elsewhere()
    {
        var (plane, shuffled) = (Plane(), Plane().Shuffled(1));
        Assert.Equal(Rows(plane).Order(), Rows(shuffled).Order());
        Assert.NotEqual(Rows(plane), Rows(shuffled));
        Assert.Equal(shuffled.Hash, Plane().Shuffled(1).Hash);
        Assert.NotEqual(shuffled.Hash, Plane().Shuffled(2).Hash);
        Assert.False(shuffled.Has(4));

        static string[] Rows(ItemVectors vectors) =>
            [.. Enumerable.Range(1, vectors.Items).Select(item => string.Join(' ', vectors[item].ToArray()))];
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ItemVectors("x", 1, 2, new float[3], new bool[2]));
        Assert.Throws<ArgumentException>(() => new ItemVectors("x", 1, 1, [0, float.NaN], [false, true]));
        Assert.Throws<ArgumentException>(() => new ItemVectors("x", 1, 1, [0, 1], [false, false]));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(Plane(), 6));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(new("x", 1, 1, [0, 0], [false, false]), 1));
    }

    [Fact]
    public void Neighbours_are_those_of_the_greatest_cosine()
    {
        var plane = Plane();
        var neighbours = Neighbours.Of(plane, 3);
        for (var item = 1; item <= 30; item++)
        {
            if (item == 4)
            {
                Assert.Equal([0, 0, 0], neighbours.Items(item).ToArray());
                continue;
            }

            var expected = Enumerable.Range(1, 30).Where(other => other != item && other != 4)
                .OrderByDescending(other => Cosine(plane[item], plane[other])).Take(3).ToArray();
            Assert.Equal(
                expected.Select(other => Cosine(plane[item], plane[other])), neighbours.Cosines(item).ToArray().Select(x => (double)x),
                (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.DoesNotContain(item, neighbours.Items(item).ToArray());
            Assert.DoesNotContain(4, neighbours.Items(item).ToArray());
        }

        Assert.Equal([1, 0, 0], Neighbours.Of(new("two", 2, 1, [0, 1, 2], [false, true, true]), 3).Items(2).ToArray());

        static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            double dot = 0, x = 0, y = 0;
            for (var i = 0; i < a.Length; i++) (dot, x, y) = (dot + a[i] * b[i], x + a[i] * a[i], y + b[i] * b[i]);
            return dot / Math.Sqrt(x * y);
        }
    }
}
