using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Architectures;

/// <summary>The kinds of T5 against the plain computation, whole and with carried keys and values.</summary>
public class T5Tests
{
    private static readonly T5Options _options = new()
    {
        Vocabulary = 30,
        Width = 12,
        Hidden = 20,
        Heads = 3,
        HeadWidth = 5,
        EncoderBlocks = 2,
        DecoderBlocks = 3,
        Buckets = 8,
        FarthestDistance = 12,
        Dropout = 0,
        Padding = 29,
    };

    public static TheoryData<T5Options> Kinds => new(
        _options,
        _options with { FeedForward = T5FeedForwardKind.GatedGelu, TiedEmbeddings = false },
        _options with { FeedForward = T5FeedForwardKind.GatedSilu });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Logits_are_those_of_the_equations(T5Options options)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Random(options);
        int[] tokens = [.. Enumerable.Range(0, 30).Select(i => i * 7 % 28 + 1)], written = [0, 4, 9, 9, 23];
        var expected = new PlainT5(options, model).Logits(tokens, written);
        Assert.True(expected.Max() - expected.Min() > 0.1); // there is something to compare
        Same(expected, Values.Of(model.Forward(Row(tokens), Row(written)).narrow(1, written.Length - 1, 1)));

        // Padding behind a text changes nothing of it.
        int[] padded = [.. tokens, 29, 29, 29];
        Same(expected, Values.Of(model.Forward(Row(padded), Row(written)).narrow(1, written.Length - 1, 1)));

        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        var states = model.EncodeLast(Row(tokens), caches);
        foreach (var token in written[1..]) states = model.Advance(Row([token]), caches);
        Same(expected, Values.Of(model.Logits(states, new(0, 30))));
        foreach (var cache in caches) cache.Dispose();

        // Nor does padding before it, in a batch of prompts of unlike lengths.
        var beside = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        var (batch, isText) = PromptBatch.Of([[5, 6], tokens[..7], tokens]);
        var together = model.EncodeLast(batch, beside, isText);
        foreach (var token in written[1..]) together = model.Advance(tensor([token, token, (long)token], 3, 1), beside);
        Same(expected, Values.Of(model.Logits(together, new(0, 30))[2]));
        Same(new PlainT5(options, model).Logits(tokens[..7], written), Values.Of(model.Logits(together, new(0, 30))[1]));
        foreach (var cache in beside) cache.Dispose();
    }

    [Fact]
    public void Settings_with_faults_are_refused_with_all_of_them()
    {
        var faulty = _options with { Heads = 0, Buckets = 6, StartToken = 30, Dropout = 1 };
        var e = Assert.Throws<ArgumentException>(() => new T5(faulty, new Noise(1)));
        foreach (var part in (string[])["0 heads", "6 buckets", "start token 30", "dropout 1"])
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_drops_and_evaluation_does_not()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Random(_options with { Dropout = 0.5 });
        var once = Values.Of(model.Forward(Row([1, 2, 3]), Row([0])));
        Assert.Equal(once, Values.Of(model.Forward(Row([1, 2, 3]), Row([0]))));
        model.train();
        Assert.NotEqual(once, Values.Of(model.Forward(Row([1, 2, 3]), Row([0]))));
    }

    private static void Same(double[] expected, float[] found)
    {
        for (var v = 0; v < expected.Length; v++) Assert.Equal(expected[v], found[v], tolerance: 1e-4);
    }

    private static Tensor Row(int[] tokens) => tensor(Array.ConvertAll(tokens, t => (long)t), 1, tokens.Length);

    private static T5 Random(T5Options options)
    {
        manual_seed(7);
        var model = new T5(options, new Noise(1));
        foreach (var (_, parameter) in model.named_parameters()) parameter.normal_(parameter.dim() == 2 ? 0 : 0.7, 0.4);
        model.eval();
        return model;
    }
}
