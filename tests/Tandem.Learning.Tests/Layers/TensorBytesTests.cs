using System.Runtime.InteropServices;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class TensorBytesTests
{
    private static readonly float[] _values = [0, 1, -2.5f, 3.14159274f, 1e-8f, 65504, 7.0390625f];

    [Theory]
    [InlineData(TensorType.F32, ScalarType.Float32)]
    [InlineData(TensorType.F32, ScalarType.BFloat16)]
    [InlineData(TensorType.F32, ScalarType.Float64)]
    [InlineData(TensorType.F16, ScalarType.Float32)]
    [InlineData(TensorType.F16, ScalarType.Float16)]
    [InlineData(TensorType.BF16, ScalarType.Float32)]
    [InlineData(TensorType.BF16, ScalarType.BFloat16)]
    [InlineData(TensorType.BF16, ScalarType.Float16)]
    [InlineData(TensorType.F64, ScalarType.Float32)]
    public void Stored_values_arrive_as_nearly_as_the_target_can_hold(TensorType stored, ScalarType target)
    {
        using var scope = NewDisposeScope();
        var file = Stored(stored);
        var tensor = zeros(_values.Length, dtype: target);
        TensorBytes.Fill(tensor, file);
        var expected = file.ToSingles().Select(v => Narrow(v, target)).ToArray();
        Assert.Equal(expected, Values.Of(tensor.to(ScalarType.Float32)));
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F64)]
    public void Bytes_go_there_and_back_by_their_bits(TensorType type)
    {
        using var scope = NewDisposeScope();
        var file = Stored(type);
        var tensor = zeros(_values.Length, dtype: TensorBytes.TypeOf(type));
        TensorBytes.Fill(tensor, file);
        Assert.Equal(file.Bytes.ToArray(), TensorBytes.Of(tensor, type));
    }

    [Fact]
    public void Any_layout_is_filled_and_read_by_rows_and_autograd_sees_nothing_of_it()
    {
        using var scope = NewDisposeScope();
        var turned = nn.Parameter(zeros(2, 3)).t();                                     // [3, 2], by columns
        TensorBytes.Fill(turned, TensorType.F32, (offset, destination) =>
            MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6])[(int)offset..].CopyTo(destination));
        Assert.Equal([1, 2, 3, 4, 5, 6], Values.Of(turned));
        Assert.Equal([1, 2, 3, 4, 5, 6], MemoryMarshal.Cast<byte, float>(TensorBytes.Of(turned, TensorType.F32)).ToArray());
        var leaf = nn.Parameter(zeros(_values.Length));
        TensorBytes.Fill(leaf, Stored(TensorType.F32));
        Assert.True(leaf.is_leaf);
        Assert.Equal(_values, Values.Of(leaf));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_tensor_of_several_pieces_has_each_at_its_place(ScalarType target)
    {
        const int Count = 9_000_000;
        using var scope = NewDisposeScope();
        var tensor = empty(Count, dtype: target);
        var parts = new List<long>();
        TensorBytes.Fill(tensor, TensorType.F32, (offset, destination) =>
        {
            parts.Add(offset);
            var values = MemoryMarshal.Cast<byte, float>(destination);
            for (var i = 0; i < values.Length; i++) values[i] = (offset / 4 + i) % 251; // exact in eight bits
        });
        Assert.Equal(3, parts.Count);
        var found = Values.Of(tensor.to(ScalarType.Float32));
        for (var i = 0; i < Count; i++) Assert.True(found[i] == i % 251, $"place {i}");
    }

    [Fact]
    public void Integers_are_no_floats() => Assert.Contains(
        "I64", Assert.Throws<SafetensorsException>(() => TensorBytes.TypeOf(TensorType.I64)).Message, StringComparison.Ordinal);

    private static float Narrow(float value, ScalarType type) => type switch
    {
        ScalarType.Float16 => (float)(Half)value,
        ScalarType.BFloat16 => Rounded(value).ToSingles()[0],
        _ => value,
    };

    private static TensorEntry Rounded(params float[] values)
    {
        var writer = new SafetensorsWriter();
        writer.AddBFloat16("x", values, values.Length);
        return Entry(writer);
    }

    private static TensorEntry Stored(TensorType type)
    {
        var writer = new SafetensorsWriter();
        switch (type)
        {
            case TensorType.F16: writer.Add("x", Array.ConvertAll(_values, v => (Half)v), _values.Length); break;
            case TensorType.BF16: return Rounded(_values);
            case TensorType.F64: writer.Add("x", Array.ConvertAll(_values, v => v / 3.0), _values.Length); break;
            default: writer.Add("x", _values, _values.Length); break;
        }

        return Entry(writer);
    }

    private static TensorEntry Entry(SafetensorsWriter writer)
    {
        Assert.True(SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault), fault);
        return file.Tensors["x"];
    }
}
