using CsCheck;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Parameters;

public class ParameterFactorsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Factors_come_back_as_they_were_written(bool hasLevels)
    {
        var written = SampleFactors.Of(hasLevels: hasLevels);
        Assert.True(ParameterFactors.TryRead(SampleFactors.File(SampleFactors.Writer(written)), out var read, out var fault), fault);
        Assert.Equal(["a.output", "b.contract"], read.Layers.Select(layer => layer.Name));
        Assert.Equal((written.Hash, 2.5, hasLevels ? 3 : 0, hasLevels ? 5 : 0), (read.Hash, read.MaxNorm, read.CodeCount, read.LevelCount));
        foreach (var (a, b) in written.Layers.Zip(read.Layers))
        {
            Assert.Equal((a.Outputs, a.Inputs, a.Rank, a.HasBias, a.CoreColumns), (b.Outputs, b.Inputs, b.Rank, b.HasBias, b.CoreColumns));
            Assert.Equal(a.Up.ToArray(), b.Up.ToArray());
            Assert.Equal(a.Down.ToArray(), b.Down.ToArray());
            Assert.Equal(a.Levels.ToArray(), b.Levels.ToArray());
        }

        Assert.Same(read.Layers[1], read.Find("b.contract"));
        Assert.Null(read.Find("b"));
    }

    [Fact]
    public void The_hash_is_of_what_they_hold()
    {
        Assert.Equal(SampleFactors.Of().Hash, SampleFactors.Of().Hash);
        Assert.Equal(16, SampleFactors.Of().Hash.Length);
        ParameterFactors[] different = [SampleFactors.Of(), SampleFactors.Of(seed: 2), SampleFactors.Of(maxNorm: 3)];
        Assert.Equal(3, different.DistinctBy(factors => factors.Hash).Count());
    }

    [Fact]
    public void Other_float_types_are_read_alike()
    {
        var layer = SampleFactors.Of().Layers[0];
        var writer = new SafetensorsWriter();
        writer.Add<Half>("a.output.up", [.. layer.Up.ToArray().Select(value => (Half)value)], 4, 3);
        writer.Add("a.output.down", layer.Down.Span, 3, 5);
        writer.Add<float>("a.output.levels", [.. layer.Levels.ToArray().Select(value => (float)value)], 3, 5, 3, 4);
        Assert.True(ParameterFactors.TryRead(SampleFactors.File(writer), out var read, out var fault), fault);
        Assert.Equal(ParameterFactors.DefaultMaxNorm, read.MaxNorm);
        Assert.Equal((float)(Half)layer.Up.Span[7], read.Layers[0].Up.Span[7]);
        Assert.Equal(layer.Levels.ToArray(), read.Layers[0].Levels.ToArray());
    }

    [Fact]
    public void A_core_of_codes_is_the_sum_of_their_levels()
    {
        var layer = SampleFactors.Of().Layers[0];
        var core = new float[layer.CoreLength];
        byte[] codes = [4, 0, 2];
        layer.ReadCore(codes, core);
        for (var i = 0; i < core.Length; i++)
        {
            var sum = Enumerable.Range(0, 3).Sum(m => (double)layer.Levels.Span[(m * 5 + codes[m]) * layer.CoreLength + i]);
            Assert.Equal(sum, core[i], 1e-6);
        }

        Assert.Throws<ArgumentException>("codes", () => layer.ReadCore([4, 0], core));
        Assert.Throws<ArgumentException>("codes", () => layer.ReadCore([4, 5, 2], core));
        Assert.Throws<ArgumentException>("core", () => layer.ReadCore(codes, new float[3]));
    }

    [Fact]
    public void Factors_that_nobody_can_mean_are_not_made()
    {
        float[] up = new float[8], down = new float[6];
        Assert.Throws<ArgumentException>("name", () => LayerFactors.Of(" ", 2, up, down, false));
        Assert.Throws<ArgumentException>("up", () => LayerFactors.Of("a", 3, up, down, false));
        Assert.Throws<ArgumentException>("up", () => LayerFactors.Of("a", 0, up, down, false));
        Assert.Throws<ArgumentException>("down", () => LayerFactors.Of("a", 2, up, [1, 2, 3], false));
        Contains("rank 4, expected at most 1", () => LayerFactors.Of("a", 4, up, new float[4], false));
        Contains("U of 'a' has a value that is not finite", () => LayerFactors.Of("a", 2, [1, 2, 3, float.NaN], down, false));
        Contains("a level of 'a'", () => LayerFactors.Of("a", 2, up, down, false).WithLevels(1, [1, 2, 3, 1e6f]));
        Contains("257 levels", () => LayerFactors.Of("a", 1, [1], [1], false).WithLevels(1, new float[257]));
        Assert.Throws<ArgumentException>("levels", () => LayerFactors.Of("a", 2, up, down, false).WithLevels(2, new float[12]));
        var layer = SampleFactors.Layer("a", 4, 5, 2, true);
        Contains("of no layer", () => _ = new ParameterFactors([]));
        Contains("'a' has factors twice", () => _ = new ParameterFactors([layer, layer]));
        Contains("greatest norm is 0", () => _ = new ParameterFactors([layer], maxNorm: 0));
        var coded = SampleFactors.Layer("b", 4, 5, 2, true, hasLevels: true);
        var fewer = SampleFactors.Layer("a", 4, 5, 2, true, hasLevels: true, levels: 4);
        Contains("one user's codes are for all layers", () => _ = new ParameterFactors([layer, coded]));
        Contains("one user's codes are for all layers", () => _ = new ParameterFactors([fewer, coded]));
    }

    [Theory]
    [InlineData("up", "no tensor 'a.output.up'")]
    [InlineData("down", "no tensor 'a.output.down'")]
    [InlineData("levels", "no tensor 'a.output.levels'")]
    public void A_missing_tensor_is_named(string missing, string reason) =>
        AssertRefused(reason, Edited(name => name == $"a.output.{missing}"));

    [Fact]
    public void Shapes_types_and_numbers_are_checked()
    {
        AssertRefused(
            "[4, 2], [3, 5] and [3, 5, 3, 4], expected", With("a.output.up", w => w.Add<float>("a.output.up", new float[8], 4, 2)));
        AssertRefused(
            "and [3, 5, 3, 5], expected", With("a.output.levels", w => w.Add<Half>("a.output.levels", new Half[225], 3, 5, 3, 5)));
        AssertRefused("expected F32 or F16 of 2 axes", With("a.output.up", w => w.Add<sbyte>("a.output.up", new sbyte[12], 4, 3)));
        AssertRefused("expected F32 or F16 of 2 axes", With("a.output.up", w => w.Add<float>("a.output.up", new float[12], 12)));
        AssertRefused("not finite", With("a.output.down", w => w.Add("a.output.down", [.. new float[14], float.NaN], 3, 5)));
        AssertRefused("an axis of 0", With("a.output.up", w => w.Add<float>("a.output.up", [], 0, 3)));
        AssertRefused("an axis of 0", With("a.output.levels", w => w.Add<Half>("a.output.levels", [], 0, 7, 3, 4)));
        AssertRefused("'spare' is no factor", With("none", w => w.Add("spare", [1f], 1)));
        AssertRefused("maxNorm is 'much'", With("none", w => w.Metadata["maxNorm"] = "much"));
        AssertRefused("greatest norm is -1", With("none", w => w.Metadata["maxNorm"] = "-1"));
        AssertRefused("of no layer", new SafetensorsWriter());
    }

    [Fact]
    public void Mutated_factors_never_throw()
    {
        var whole = SampleFactors.Writer(SampleFactors.Of()).ToArray();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var bytes = whole.ToArray();
                foreach (var (at, edited) in edits) bytes[at] = edited;
                if (!SafetensorsFile.TryParse(bytes, out var file, out _)) return;
                if (!ParameterFactors.TryRead(file, out _, out var fault)) Assert.NotEmpty(fault);
            },
            iter: 3_000);
    }

    private static void Contains(string reason, Action make) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);

    private static void AssertRefused(string reason, SafetensorsWriter writer)
    {
        Assert.False(ParameterFactors.TryRead(SampleFactors.File(writer), out var factors, out var fault));
        Assert.Null(factors);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    /// <summary>The sample's file with another tensor in the place of one.</summary>
    private static SafetensorsWriter With(string name, Action<SafetensorsWriter> add)
    {
        var writer = Edited(tensor => tensor == name);
        add(writer);
        return writer;
    }

    private static SafetensorsWriter Edited(Func<string, bool> leaves)
    {
        var (file, writer) = (SampleFactors.File(SampleFactors.Writer(SampleFactors.Of())), new SafetensorsWriter());
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        foreach (var tensor in file.Tensors.Values)
            if (!leaves(tensor.Name)) writer.AddBytes(tensor.Name, tensor.Type, tensor.Bytes.Span, tensor.Shape.AsSpan());
        return writer;
    }
}
