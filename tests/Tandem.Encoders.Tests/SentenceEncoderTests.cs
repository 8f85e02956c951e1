using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Learning.Text;

namespace Tandem.Encoders.Tests;

public class SentenceEncoderTests
{
    private static readonly Lazy<SentenceEncoder> _miniLm = new(() => SentenceEncoder.Load(SentenceModel.MiniLm));
    private static readonly Lazy<SentenceEncoder> _arctic = new(() => SentenceEncoder.Load(SentenceModel.ArcticXs));

    private static readonly string[] _titles =
    [
        "OPI Nail Lacquer, Simmer and Shimmer, 0.5-Fluid Ounce", "red nail polish", "Red Nail Varnish", "ionic hair dryer, 1875 watts",
        "a hair blow dryer", "x", "", "SKIN79 The Prestige Beblesh Balm BB Cream Diamond Collection", "science fiction film", "a movie",
    ];

    public static TheoryData<string> Models => ["minilm", "arctic"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Weights_are_read_by_name(string model)
    {
        var weights = (model == "minilm" ? SentenceModel.MiniLm : SentenceModel.ArcticXs).ReadWeights();
        var words = Assert.Single(weights, weight => weight.Name == "embeddings.word_embeddings.weight");
        Assert.Equal([30522, 384], words.Shape);
        Assert.DoesNotContain(weights, weight => weight.Shape.Count > 1 && !weight.Name.EndsWith(".weight", StringComparison.Ordinal));
        var layers = weights.Where(weight => weight.Name.StartsWith("encoder.layer", StringComparison.Ordinal));
        Assert.Equal(6 * 6, layers.Count(weight => weight.Shape.Count == 2));
        Assert.Equal([1536, 384], weights.Single(weight => weight.Name == "encoder.layer.5.intermediate.dense.weight").Shape);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Vectors_have_384_dimensions_and_length_1(string model)
    {
        foreach (var vector in Encode(model, _titles))
        {
            Assert.Equal(384, vector.Length);
            Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_text_among_others_has_the_vector_of_a_text_alone(string model)
    {
        var together = Encode(model, [.. _titles, .. _titles.Reverse()]);
        for (var i = 0; i < _titles.Length; i++)
        {
            Near(Encode(model, [_titles[i]])[0], together[i]);
            Near(together[i], together[^(i + 1)]);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_division_of_the_work_plays_no_part(string model)
    {
        var kind = model == "minilm" ? SentenceModel.MiniLm : SentenceModel.ArcticXs;
        using var other = SentenceEncoder.Load(kind, new() { Threads = 1, TokenBudget = 16 });
        var (expected, found) = (Encode(model, _titles), Vectors(other, _titles));
        for (var i = 0; i < _titles.Length; i++) Near(expected[i], found[i]);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_means_the_same_is_nearer_than_what_does_not(string model)
    {
        var vectors = Encode(model, _titles);
        var (polish, dryer, film) = (Cosine(1, 2), Cosine(3, 4), Cosine(8, 9));
        foreach (var other in (int[])[3, 4, 8, 9])
            Assert.True(Cosine(1, other) < polish - 0.1, $"polish {polish}, {other} {Cosine(1, other)}");
        Assert.True(Cosine(3, 8) < dryer - 0.1);
        Assert.True(Cosine(8, 1) < film - 0.05);

        float Cosine(int a, int b) => TensorPrimitives.Dot<float>(vectors[a], vectors[b]);
    }

    [Fact]
    public void Both_models_are_registered_by_name_and_know_their_weights()
    {
        SentenceEncoders.Register();
        SentenceEncoders.Register();
        Assert.Contains("minilm, arctic", TextEncoders.Names, StringComparison.Ordinal);
        string[] identities = [.. Models.Select(model => TextEncoders.Find(model.Data).Identity([]))];
        Assert.Equal(2, identities.Distinct().Count());
        Assert.Equal((SentenceModel.MiniLm.Identity, SentenceModel.ArcticXs.Identity), (identities[0], identities[1]));
        Assert.Empty(new TextSource().Validate());
    }

    [Fact]
    public void A_catalogue_is_encoded()
    {
        SentenceEncoders.Register();
        var catalog = new Catalog(_titles.Select((title, i) => new ItemDescription($"{i}", title, [], null)));
        var vectors = TextVectors.Of(
            catalog, new() { Encoder = "minilm" }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal((10, 9, 384), (vectors.Items, vectors.Known, vectors.Width));
        Near(Encode("minilm", ["a movie"])[0], vectors[10].ToArray());
    }

    [Fact]
    public void A_cancelled_call_stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => _miniLm.Value.GenerateAsync(_titles, null, stop.Token).GetAwaiter().GetResult());
    }

    [Fact]
    public void Options_are_checked() => Assert.Equal(
        "threads is 0; at least 1 is needed; token budget is 0; at least 1 is needed (Parameter 'options')",
        Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(SentenceModel.MiniLm, new() { Threads = 0, TokenBudget = 0 })).Message);

    private static float[][] Encode(string model, string[] texts) => Vectors((model == "minilm" ? _miniLm : _arctic).Value, texts);

    private static float[][] Vectors(SentenceEncoder encoder, string[] texts) =>
        [.. encoder.GenerateAsync(texts, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult()
            .Select(embedding => embedding.Vector.ToArray())];

    private static void Near(float[] expected, float[] found) =>
        Assert.True(TensorPrimitives.Distance<float>(expected, found) < 1e-5f);
}
