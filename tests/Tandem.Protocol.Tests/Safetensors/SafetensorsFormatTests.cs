using System.Text;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Safetensors;

/// <summary>The bytes themselves, as the format and its reference implementation define them.</summary>
public class SafetensorsFormatTests
{
    [Fact]
    public void One_tensor_is_written_byte_for_byte_as_the_format_says()
    {
        var writer = new SafetensorsWriter();
        writer.Add("attn.0", [0f, 1f, 2f, 3f, 4f, 5f], 1, 2, 3);
        byte[] expected =
        [
            64, 0, 0, 0, 0, 0, 0, 0,
            .. """{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}"""u8,
            0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0xA0, 0x40,
        ];
        Assert.Equal(expected, writer.ToArray());
    }

    [Fact]
    public void Unsigned_16_bit_integers_lie_little_endian_under_U16()
    {
        var writer = new SafetensorsWriter();
        writer.Add("ids", [(ushort)1, (ushort)0xFE02], 2);
        byte[] expected =
        [
            56, 0, 0, 0, 0, 0, 0, 0,
            .. """{"ids":{"dtype":"U16","shape":[2],"data_offsets":[0,4]}}"""u8,
            1, 0, 0x02, 0xFE,
        ];
        Assert.Equal(expected, writer.ToArray());
        Assert.Equal([1, 0xFE02], RawFile.Parse(expected).Get("ids", 2).As<ushort>().ToArray());
    }

    [Fact]
    public void The_header_is_padded_with_spaces_to_a_multiple_of_eight()
    {
        Assert.Equal([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8], new SafetensorsWriter().ToArray());

        var writer = new SafetensorsWriter { Metadata = { ["framework"] = "pt" } };
        Assert.Equal([40, 0, 0, 0, 0, 0, 0, 0, .. """{"__metadata__":{"framework":"pt"}}     """u8], writer.ToArray());
    }

    [Fact]
    public void Tensors_lie_by_falling_alignment_and_then_by_name()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a", new byte[1], 1);
        writer.Add("b", new sbyte[1], 1);
        writer.Add("C", new ushort[1], 1);
        writer.Add("c", new Half[1], 1);
        writer.AddBFloat16("d", new float[1], 1);
        writer.Add("e", new int[1], 1);
        writer.Add("g", new float[1], 1);
        writer.Add("f", new float[1], 1);
        writer.Add("h", new double[1], 1);
        writer.Add("i", new long[1], 1);
        var header = Encoding.UTF8.GetString(writer.ToArray());
        var places = "ihfgedcCba".Select(name => header.IndexOf($"\"{name}\":", StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Tensors_may_lie_in_any_order_and_carry_members_of_later_versions()
    {
        const string Scalar = """
            "a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"later":[{}]}
            """;
        var header = $"{{{RawFile.Tensor("b", "U8", "[2]", 4, 6)},{Scalar}}}";
        var file = RawFile.Parse(RawFile.Of(header + "   ", 6));
        Assert.Equal([5, 6], file.Get("b", 2).As<byte>().ToArray());
        Assert.Equal(0x04030201, BitConverter.SingleToInt32Bits(file.Get("a").As<float>()[0]));
    }

    [Fact]
    public void Empty_tensors_are_accepted_wherever_they_touch_no_other()
    {
        string[] tensors =
        [
            RawFile.Tensor("z", "F64", "[0,7]", 0, 0), RawFile.Tensor("a", "U8", "[1]", 0, 1), RawFile.Tensor("e", "I8", "[0]", 1, 1),
        ];
        var file = RawFile.Parse(RawFile.Of($"{{{string.Join(',', tensors)}}}", 1));
        Assert.Equal(0, file.Get("z", 0, 7).Length);
        Assert.Equal(1, file.Get("a", 1).Length);
    }
}
