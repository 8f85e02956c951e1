using Tandem.Data;
using Tandem.Learning.Text;

namespace Tandem.Learning.Tests.Text;

public class TfIdfEncoderTests
{
    /// <summary>With as many dimensions as there are words, products are the cosines of the weighted words themselves.</summary>
    [Fact]
    public void Without_reduction_products_are_cosines_of_weighted_words()
    {
        string[] texts = ["red nail polish", "Blue NAIL polish, nail!", "hair dryer", "hair-dryer 2000", "polish"];
        var vectors = Encode(TfIdfEncoder.Fit(texts), texts);
        for (var i = 0; i < texts.Length; i++)
        {
            for (var j = 0; j < texts.Length; j++)
                Assert.Equal(Expected(texts, i, j), Titles.Cosine(vectors[i], vectors[j]), 4);
        }
    }

    [Fact]
    public void Groups_of_words_become_directions()
    {
        var random = NamedSeed.Create(1, "texts");
        var texts = Enumerable.Range(0, 300).Select(i => string.Join(' ', Enumerable.Range(0, 6)
            .Select(_ => $"{(i % 3 == 0 ? "red" : i % 3 == 1 ? "green" : "blue")}{random.Next(8)}"))).ToArray();
        var encoder = TfIdfEncoder.Fit(texts, width: 3);
        Assert.Equal(3, encoder.Width);
        var vectors = Encode(encoder, texts);
        var (within, across) = (new List<double>(), new List<double>());
        for (var i = 0; i < 60; i++)
            for (var j = 0; j < i; j++) (i % 3 == j % 3 ? within : across).Add(Titles.Cosine(vectors[i], vectors[j]));
        Assert.InRange(within.Min(), 0.8, 1.0001);
        Assert.InRange(across.Max(), -0.1, 0.1);
    }

    [Fact]
    public void The_directions_are_those_of_the_exact_decomposition()
    {
        var random = NamedSeed.Create(2, "texts");
        var texts = Enumerable.Range(0, 120)
            .Select(_ => string.Join(' ', Enumerable.Range(0, 5).Select(_ => $"w{(int)(40 * random.NextDouble() * random.NextDouble())}")))
            .ToArray();
        var reduced = Encode(TfIdfEncoder.Fit(texts, width: 5), texts);
        var whole = Encode(TfIdfEncoder.Fit(texts, width: 1000), texts);
        var dense = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(120, whole[0].Length, (i, j) => whole[i][j]);
        var svd = dense.Svd();
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 20; j++)
            {
                double[] a = Project(i), b = Project(j);
                var expected = a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
                Assert.Equal(expected, Titles.Cosine(reduced[i], reduced[j]), 0.01);
            }
        }

        double[] Project(int i) => [.. Enumerable.Range(0, 5).Select(k => svd.U[i, k] * svd.S[k])];
    }

    [Fact]
    public void Equal_texts_give_equal_encoders_and_unknown_words_nothing()
    {
        string[] texts = ["red nail polish", "blue nail polish", "hair dryer"];
        var (a, b) = (TfIdfEncoder.Fit(texts), TfIdfEncoder.Fit(texts));
        Assert.Equal(3, a.Width); // of rank 3
        Assert.Equal(Encode(a, texts), Encode(b, texts));
        Assert.Equal(new float[a.Width], Encode(a, ["unheard of"])[0]);
        Assert.Equal(Encode(a, ["NAIL"])[0], Encode(a, ["… nail?"])[0]);
    }

    [Fact]
    public void Texts_without_a_word_are_told_so()
    {
        var fault = Assert.Throws<TextException>(() => TfIdfEncoder.Fit(["!", "…"]));
        Assert.StartsWith("none of the 2 texts has a word", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_texts_are_another_identity_and_the_numbering_is_not()
    {
        var entry = TextEncoders.Find("tfidf");
        Assert.NotEqual(entry.Identity(["a", "b"]), entry.Identity(["a", "c"]));
        var (one, two) = (Vectors("nail polish", "hair dryer", "nail file"), Vectors("nail file", "nail polish", "hair dryer"));
        Assert.Equal(one[1], two[2]);
        Assert.Equal(one[3], two[1]);

        static ItemVectors Vectors(params string[] titles) => Titles.Of(Titles.Catalog(titles), new() { Encoder = "tfidf" });
    }

    private static double Expected(string[] texts, int i, int j)
    {
        var words = texts.Select(text => text.ToLowerInvariant().Split([' ', ',', '!', '-'], StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        double Weight(int text, string word) => words[text].Count(w => w == word) is var n and > 0
            ? (1 + Math.Log(n)) * (1 + Math.Log((1.0 + texts.Length) / (1 + words.Count(text => text.Contains(word)))))
            : 0;
        var all = words.SelectMany(w => w).Distinct().ToArray();
        double Product(int a, int b) => all.Sum(word => Weight(a, word) * Weight(b, word));
        return Product(i, j) / Math.Sqrt(Product(i, i) * Product(j, j));
    }

    private static float[][] Encode(TfIdfEncoder encoder, string[] texts) =>
        [.. encoder.GenerateAsync(texts, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult()
            .Select(embedding => embedding.Vector.ToArray())];
}
