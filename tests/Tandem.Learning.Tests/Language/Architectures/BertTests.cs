using Tandem.Learning.Language.Architectures;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Architectures;

public class BertTests
{
    /// <summary>A norm's ε that shows.</summary>
    internal static readonly BertOptions Tiny = new()
    {
        Vocabulary = 30,
        Width = 12,
        Hidden = 20,
        Heads = 3,
        Blocks = 2,
        Positions = 16,
        NormEpsilon = 1e-2,
        HasPooler = true,
    };

    [Theory]
    [InlineData(BertActivation.Gelu)]
    [InlineData(BertActivation.GeluByTanh)]
    [InlineData(BertActivation.Relu)]
    public void States_are_those_of_the_equations(BertActivation activation)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var options = Tiny with { Activation = activation };
        using var model = Random(options);
        var plain = new PlainBert(options, Values.Of(model));
        foreach (var length in (int[])[1, 2, 16])
        {
            int[] tokens = [.. Enumerable.Range(0, length).Select(i => i * 7 % 30)], types = [.. tokens.Select((_, i) => i * 2 / length)];
            var states = model.Read(Row(tokens));
            Same(plain.Read(tokens), states);
            Same(plain.Read(tokens, types), model.Read(Row(tokens), types: Row(types)));
            Same([plain.Pool(plain.Read(tokens))], model.Pool(states));
        }
    }

    /// <summary>The kinds of GELU differ by 10⁻³ at most: a test that cannot tell them apart shows nothing.</summary>
    [Fact]
    public void Kinds_of_activation_are_told_apart()
    {
        using var model = Random(Tiny);
        double[] First(BertActivation kind) => new PlainBert(Tiny with { Activation = kind }, Values.Of(model)).Read([3, 4])[0];
        var (exact, byTanh) = (First(BertActivation.Gelu), First(BertActivation.GeluByTanh));
        Assert.True(exact.Zip(byTanh).Max(pair => Math.Abs(pair.First - pair.Second)) > 3e-5);
    }

    [Fact]
    public void What_fills_short_texts_changes_nothing_of_them()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Random(Tiny);
        int[] text = [4, 9, 9, 23, 1], other = [7, 2, 2, 8, 5, 11, 3, 29];
        var alone = Values.Of(model.Read(Row(text)));
        foreach (var filling in (int[])[0, 17])
        {
            int[] filled = [.. text, filling, filling, filling];
            var batch = cat([Row(filled), Row(other)]);
            var isText = cat([Row([1, 1, 1, 1, 1, 0, 0, 0]), Row([1, 1, 1, 1, 1, 1, 1, 1])]).to(ScalarType.Bool);
            var states = model.Read(batch, isText);
            Near(alone, Values.Of(states.narrow(0, 0, 1).narrow(1, 0, text.Length)));
            Near(Values.Of(model.Read(Row(other))), Values.Of(states.narrow(0, 1, 1)));
        }

        // Without the mask they would.
        var unmasked = Values.Of(model.Read(Row([.. text, 17, 17, 17])).narrow(1, 0, text.Length));
        Assert.True(alone.Zip(unmasked).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-2);
    }

    [Fact]
    public void Faults_are_named()
    {
        var faulty = Tiny with { Heads = 5, Blocks = 0, NormEpsilon = 0, Positions = 1 };
        var e = Assert.Throws<ArgumentException>(() => new Bert(faulty));
        foreach (var part in (string[])["width 12 is not divisible by 5 heads", "0 blocks", "norm epsilon 0", "1 position"])
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        using var model = new Bert(Tiny with { HasPooler = false });
        using var scope = NewDisposeScope();
        e = Assert.Throws<ArgumentException>(() => model.Read(zeros(1, 17, dtype: ScalarType.Int64)));
        Assert.Contains("17 tokens, expected at most 16", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.Pool(zeros(1, 2, 12)));
    }

    [Fact]
    public void Reading_leaves_no_tensor_behind()
    {
        using var mode = no_grad();
        using var model = Random(Tiny);
        LiveTensors.AssertKept(() =>
        {
            using var tokens = Row([1, 2, 3]);
            using var isText = ones(1, 3, dtype: ScalarType.Bool);
            using var states = model.Read(tokens, isText);
            using var pooled = model.Pool(states);
        });
    }

    internal static Bert Random(BertOptions options)
    {
        var model = new Bert(options);
        Values.Scatter(model, 0.8);
        model.eval();
        return model;
    }

    private static void Same(double[][] expected, Tensor found)
    {
        var values = Values.Of(found);
        Assert.Equal(expected.Sum(row => row.Length), values.Length);
        foreach (var (value, at) in expected.SelectMany(row => row).Select((value, at) => (value, at)))
            Assert.Equal(value, values[at], tolerance: 1e-5);
    }

    private static void Near(float[] expected, float[] found)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], tolerance: 1e-6f * Math.Max(1, Math.Abs(expected[i])));
    }

    private static Tensor Row(int[] numbers) => tensor(Array.ConvertAll(numbers, n => (long)n), 1, numbers.Length);
}
