using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Safetensors;

public class TensorEntryTests
{
    private static readonly SafetensorsFile _file = Build();

    [Fact]
    public void A_view_of_another_type_is_refused_by_name()
    {
        var e = Assert.Throws<SafetensorsException>(() => _file.Get("half", 2).As<float>().Length);
        Assert.Contains("'half' holds F16", e.Message, StringComparison.Ordinal);
        Assert.Contains("Single", e.Message, StringComparison.Ordinal);
        Assert.Throws<SafetensorsException>(() => _file.Get("brain", 2).As<ushort>().Length);
        Assert.Throws<SafetensorsException>(() => _file.Get("code", 2).As<sbyte>().Length);
        Assert.Throws<SafetensorsException>(() => _file.Get("short", 2).As<Half>().Length);
    }

    [Fact]
    public void A_tensor_holds_its_own_type_and_no_other()
    {
        Assert.True(_file.Get("half", 2).Holds<Half>());
        Assert.True(_file.Get("code", 2).Holds<byte>());
        Assert.False(_file.Get("code", 2).Holds<sbyte>());
        Assert.False(_file.Get("brain", 2).Holds<ushort>());
        Assert.True(_file.Get("short", 2).Holds<ushort>());
        Assert.False(_file.Get("short", 2).Holds<short>());
        Assert.False(_file.Get("id", 2).Holds<uint>());
    }

    [Fact]
    public void Floating_and_small_signed_types_widen_to_singles()
    {
        Assert.Equal([0.25f, -2f], _file.Get("half", 2).ToSingles());
        Assert.Equal([1f, -0.5f], _file.Get("brain", 2).ToSingles());
        Assert.Equal([(float)Math.PI, float.PositiveInfinity], _file.Get("double", 2).ToSingles());
        Assert.Equal([-128f, 127f], _file.Get("small", 2).ToSingles());
        Assert.Equal([3f], _file.Get("scalar").ToSingles());
    }

    [Theory]
    [InlineData("code", "U8")]
    [InlineData("short", "U16")]
    [InlineData("id", "I32")]
    [InlineData("long", "I64")]
    public void Codes_and_ids_do_not_become_singles(string name, string type)
    {
        var e = Assert.Throws<SafetensorsException>(() => _file.Tensors[name].ToSingles());
        Assert.Contains($"'{name}' holds {type}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_reported_with_what_was_found()
    {
        var e = Assert.Throws<SafetensorsException>(() => _file.Get("weight", 2));
        Assert.Contains("'weight' among the 9 found (brain, code, double", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_reported_with_both_shapes()
    {
        var e = Assert.Throws<SafetensorsException>(() => _file.Get("half", 2, 1));
        Assert.Contains("has shape [2], expected [2, 1]", e.Message, StringComparison.Ordinal);
        Assert.Throws<SafetensorsException>(() => _file.Get("half"));
        Assert.Throws<SafetensorsException>(() => _file.Get("scalar", 1));
    }

    private static SafetensorsFile Build()
    {
        var writer = new SafetensorsWriter();
        writer.Add("half", [(Half)0.25f, (Half)(-2f)], 2);
        writer.AddBFloat16("brain", [1f, -0.5f], 2);
        writer.Add("double", [Math.PI, 1e300], 2);
        writer.Add("small", [sbyte.MinValue, sbyte.MaxValue], 2);
        writer.Add("code", [(byte)1, (byte)2], 2);
        writer.Add("short", [ushort.MinValue, ushort.MaxValue], 2);
        writer.Add("id", [1, 2], 2);
        writer.Add("long", [1L, 2L], 2);
        writer.Add("scalar", [3f]);
        return RawFile.Parse(writer.ToArray());
    }
}
