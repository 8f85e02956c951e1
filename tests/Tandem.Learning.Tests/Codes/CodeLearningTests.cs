using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Codes;

public sealed class CodeLearningTests
{
    private const int Items = 400;

    private static readonly ItemVectors _vectors = Planted.Vectors(Items);
    private static readonly TrainingSequences _sequences = Planted.Sequences(Items, Items);

    public static TheoryData<CodeMethod> Methods => [.. Enum.GetValues<CodeMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void More_levels_lose_less(CodeMethod method)
    {
        double Error(int levels) => Learn(Options(method) with { Levels = levels }).Error;
        var (one, two, four) = (Error(1), Error(2), Error(4));
        Assert.True(one < 1 && two < one && four < two, $"{one} {two} {four}");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void One_seed_gives_the_same_codes_and_another_others(CodeMethod method)
    {
        var version = Learn(Options(method)).Codes.Version;
        Assert.Equal(version, Learn(Options(method)).Codes.Version);
        Assert.NotEqual(version, Learn(Options(method), seed: 2).Codes.Version);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Items_without_an_event_change_no_code_of_those_with_one(CodeMethod method)
    {
        const int seen = 300;
        var some = Learn(Options(method), First(seen), Planted.Sequences(seen, seen));
        var more = Learn(Options(method), _vectors, Planted.Sequences(Items, seen));
        Assert.Equal((seen, seen), (some.LearnedFrom, more.LearnedFrom));
        Assert.Equal(some.Error, more.Error);
        for (var item = 1; item <= seen; item++) Assert.Equal(some.Codes[item].ToArray(), more.Codes[item].ToArray());
        var others = Enumerable.Range(seen + 1, Items - seen).Select(item => string.Join(' ', more.Codes[item].ToArray()));
        Assert.True(others.Distinct().Count() > 5);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Items_without_a_vector_have_the_codes_of_the_mean_and_are_counted(CodeMethod method)
    {
        const int without = 7;
        var learned = Learn(Options(method), Planted.Vectors(Items, without: without), _sequences);
        Assert.Equal((without, Items - without), (learned.WithoutVector, learned.LearnedFrom));
        for (var item = 2; item <= without; item++) Assert.Equal(learned.Codes[1].ToArray(), learned.Codes[item].ToArray());
    }

    [Fact]
    public void Learned_turns_lose_no_more_than_none_and_on_uneven_dimensions_less()
    {
        var vectors = _vectors.Values[Planted.Width..].ToArray();
        var plain = Lost(ProductQuantizer.Learn(vectors, Planted.Width, 3, 8, iterations: 20, turns: 0, seed: 1));
        var turned = Lost(ProductQuantizer.Learn(vectors, Planted.Width, 3, 8, iterations: 20, turns: 20, seed: 1));
        Assert.True(turned < 0.98 * plain, $"{turned} with turns, {plain} without");

        double Lost(ProductQuantizer quantizer) =>
            vectors.Zip(quantizer.Rebuild(quantizer.Code(vectors)), (x, y) => ((double)x - y) * ((double)x - y)).Sum();
    }

    [Fact]
    public void A_turn_keeps_lengths()
    {
        var vectors = _vectors.Values[Planted.Width..].ToArray();
        var quantizer = ProductQuantizer.Learn(vectors, Planted.Width, 3, Items, iterations: 5, turns: 5, seed: 1);
        // With a centre for every item nothing is lost, whatever the turn.
        var rebuilt = quantizer.Rebuild(quantizer.Code(vectors));
        for (var i = 0; i < vectors.Length; i++) Assert.Equal(vectors[i], rebuilt[i], 1e-3);
    }

    [Fact]
    public void Whitened_components_are_alike()
    {
        var space = CodedSpace.Of(_vectors, Options(CodeMethod.Rkmeans) with { Whitening = 1, Components = 5 });
        var placed = space.Place(_vectors);
        Assert.Equal(5, placed.Width);
        for (var c = 0; c < placed.Width; c++)
            Assert.Equal(1, Enumerable.Range(1, Items).Average(item => (double)placed[item][c] * placed[item][c]), 1e-3);
    }

    [Fact]
    public void Nothing_to_learn_from_is_said()
    {
        var e = Assert.Throws<RecipeException>(
            () => Learn(Options(CodeMethod.Opq), _vectors, TrainingSequences.Of(Items)));
        Assert.Contains("no item with a training event has a vector", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_settings_are_listed_together()
    {
        var e = Assert.Throws<ArgumentException>(
            () => Learn(new() { Levels = 0, CodebookSize = 1, Whitening = 2 }));
        foreach (var fault in new[] { "0 levels", "1 codes a level", "whitening 2" })
            Assert.Contains(fault, e.Message, StringComparison.Ordinal);
    }

    private static CodeOptions Options(CodeMethod method) => new()
    {
        Method = method,
        Levels = 3,
        CodebookSize = 8,
        Iterations = 15,
        Rqvae = new() { Hidden = [32], Latent = 12, Epochs = 60, Batch = 100 },
    };

    private static LearnedCodes Learn(CodeOptions options, int seed = 1) => Learn(options, _vectors, _sequences, seed);

    private static LearnedCodes Learn(CodeOptions options, ItemVectors vectors, TrainingSequences sequences, int seed = 1) =>
        CodeLearning.Learn(options, vectors, sequences, seed, cancel: TestContext.Current.CancellationToken);

    private static ItemVectors First(int items) => new(
        "planted", items, Planted.Width, _vectors.Values[..((items + 1) * Planted.Width)].ToArray(),
        [.. Enumerable.Range(0, items + 1).Select(_vectors.Has)]);
}
