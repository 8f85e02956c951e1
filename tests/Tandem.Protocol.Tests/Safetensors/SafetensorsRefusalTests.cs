using System.Buffers.Binary;
using System.Text;
using Tandem.Protocol.Safetensors;
using static Tandem.Protocol.Tests.Safetensors.RawFile;

namespace Tandem.Protocol.Tests.Safetensors;

public class SafetensorsRefusalTests
{
    [Fact]
    public void The_hand_made_file_that_the_other_tests_break_is_accepted()
    {
        var file = Parse(Of($"{{{Tensor("a", "F32", "[2]", 0, 8)},{Tensor("b", "U8", "[3]", 8, 11)}}}", 11));
        Assert.Equal([9, 10, 11], file.Get("b", 3).As<byte>().ToArray());
    }

    [Fact]
    public void A_file_shorter_than_the_header_length_is_refused() => AssertRefused([1, 2, 3], "3 bytes", "at least the 8");

    [Fact]
    public void A_giant_header_is_refused_by_its_claim_alone()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 100_000_001);
        AssertRefused(bytes, "claims 100000001 bytes", "at most 100000000");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        AssertRefused(bytes, "claims 18446744073709551615 bytes");
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused()
    {
        var bytes = Of("{}");
        bytes[0] = 3;
        AssertRefused(bytes, "claims 3 bytes", "only 2 follow");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" {}")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_header_must_begin_with_a_brace(string header) => AssertRefused(Of(header), "begin with '{'");

    [Theory]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":}")]
    public void A_header_must_be_one_JSON_object(string header) => AssertRefused(Of(header), "not valid JSON");

    [Fact]
    public void A_header_nested_beyond_all_use_is_refused() =>
        AssertRefused(Of("{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}"), "not valid JSON");

    [Fact]
    public void A_header_of_broken_UTF8_is_refused() => AssertRefused(Of([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}']), "UTF-8");

    [Theory]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"__metadata__":{"a":"\udc00"}}""")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[0],"data_offsets":[0,0]}}""")]
    public void Half_a_surrogate_pair_is_refused(string header) => AssertRefused(Of(header), "surrogate");

    [Fact]
    public void An_unknown_dtype_is_refused() => AssertRefused(Of($"{{{Tensor("a", "F8_E4M3", "[1]", 0, 1)}}}", 1), "'a'", "F8_E4M3");

    [Theory]
    [InlineData("f32")]
    [InlineData("0")]
    [InlineData("F32 ")]
    public void A_dtype_must_match_to_the_letter(string dtype) => AssertRefused(Of($"{{{Tensor("a", dtype, "[1]", 0, 4)}}}", 4), "dtype");

    [Theory]
    [InlineData("[-1]", "-1")]
    [InlineData("[1.5]", "1.5")]
    [InlineData("[2147483648]", "2147483648")]
    [InlineData("[99999999999999999999999]", "99999999999999999999999")]
    [InlineData("[\"1\"]", "\"1\"")]
    [InlineData("[null]", "null")]
    public void A_dimension_must_be_a_whole_number_that_fits(string shape, string named) =>
        AssertRefused(Of($"{{{Tensor("a", "U8", shape, 0, 1)}}}", 1), "'a'", "dimension " + named);

    [Theory]
    [InlineData("[2147483647,2147483647,2147483647]")]
    [InlineData("[2147483647,2147483647,2147483647,0]")]
    [InlineData("[2147483647,2147483647,2]")]
    public void A_product_of_dimensions_that_overflows_is_refused(string shape) =>
        AssertRefused(Of($"{{{Tensor("a", "F64", shape, 0, 8)}}}", 8), "'a'", "overflows");

    [Fact]
    public void A_product_that_wraps_to_the_right_size_is_refused() =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[1073741824,1073741824,16]", 0, 0)}}}"), "overflows");

    [Fact]
    public void A_shape_that_does_not_fill_its_bytes_is_refused() =>
        AssertRefused(Of($"{{{Tensor("a", "F32", "[3]", 0, 8)}}}", 8), "'a' has 8 bytes", "F32 [3] needs 12");

    [Theory]
    [InlineData(0, 12)]
    [InlineData(8, 0)]
    [InlineData(9_223_372_036_854_775_800, 9_223_372_036_854_775_807)]
    public void Offsets_outside_the_data_are_refused(long begin, long end) =>
        AssertRefused(Of($"{{{Tensor("a", "F32", "[2]", begin, end)}}}", 8), "'a'", "outside the 8 bytes");

    [Theory]
    [InlineData("[0]")]
    [InlineData("[0,8,8]")]
    [InlineData("[-8,0]")]
    [InlineData("[0,8.0]")]
    [InlineData("[0,9223372036854775808]")]
    [InlineData("{}")]
    public void Offsets_must_be_two_whole_numbers(string offsets) =>
        AssertRefused(Of($$$"""{"a":{"dtype":"F32","shape":[2],"data_offsets":{{{offsets}}}}}""", 8), "'a'", "data_offsets");

    [Fact]
    public void Overlapping_tensors_are_refused() =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[4]", 0, 4)},{Tensor("b", "U8", "[4]", 3, 7)}}}", 7), "'b'", "overlaps");

    [Fact]
    public void Two_tensors_on_the_same_bytes_are_refused() =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[4]", 0, 4)},{Tensor("b", "U8", "[4]", 0, 4)}}}", 4), "overlaps");

    [Fact]
    public void An_empty_tensor_inside_another_is_refused() =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[4]", 0, 4)},{Tensor("b", "U8", "[0]", 2, 2)}}}", 4), "'b'", "overlaps");

    [Theory]
    [InlineData(1, 5, 5, 9, 9)]
    [InlineData(0, 4, 5, 9, 9)]
    [InlineData(0, 4, 4, 8, 9)]
    public void Bytes_that_belong_to_no_tensor_are_refused(int a, int aEnd, int b, int bEnd, int dataBytes) =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[4]", a, aEnd)},{Tensor("b", "U8", "[4]", b, bEnd)}}}", dataBytes), "a hole");

    [Theory]
    [InlineData("a")]
    [InlineData("\\u0061")]
    public void A_name_that_is_used_twice_is_refused(string second) =>
        AssertRefused(Of($"{{{Tensor("a", "U8", "[4]", 0, 4)},{Tensor(second, "U8", "[4]", 4, 8)}}}", 8), "Duplicate", "'a'");

    [Fact]
    public void A_dtype_that_is_given_twice_is_refused() =>
        AssertRefused(Of("""{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 1), "Duplicate", "dtype");

    [Theory]
    [InlineData("""{"a":1}""", "'a' is not described")]
    [InlineData("""{"a":{}}""", "'a' has no dtype")]
    [InlineData("""{"a":{"dtype":1}}""", "'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"U8"}}""", "'a' has no shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":0}}""", "'a' has no shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0]}}""", "'a' has no data_offsets")]
    [InlineData("""{"__metadata__":[]}""", "__metadata__ is not an object")]
    [InlineData("""{"__metadata__":{"k":1}}""", "'k' is not a string")]
    public void An_incomplete_description_is_refused(string header, string named) => AssertRefused(Of(header), named);

    [Fact]
    public void A_fault_quotes_only_the_start_of_a_hostile_name()
    {
        var bytes = Of($"{{{Tensor(new string('n', 1_000_000), "X", "[1]", 0, 1)}}}", 1);
        Assert.False(SafetensorsFile.TryParse(bytes, out _, out var fault));
        Assert.InRange(Encoding.UTF8.GetByteCount(fault), 1, 300);
    }
}
