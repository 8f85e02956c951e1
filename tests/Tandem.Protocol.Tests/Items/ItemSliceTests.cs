using CsCheck;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Items;

public class ItemSliceTests
{
    private static readonly float[] _table =
    [
        9, 9,       // padding
        1, -0.5f,
        0, 0,
        63.5f, 127,
    ];

    [Fact]
    public void A_slice_holds_the_quantised_rows_of_its_items_in_their_order()
    {
        var slice = ItemSlice.FromTable("c1", "m1", [3, 1, 2], _table, width: 2);
        Assert.Equal([3, 1, 2], slice.Items);
        Assert.Equal([1f, 1f / 127, 0f], slice.Scales);
        Assert.Equal([64, 127], slice.Codes(0).ToArray());
        Assert.Equal([127, -64], slice.Codes(1).ToArray());
        Assert.Equal([0, 0], slice.Codes(2).ToArray());
    }

    [Fact]
    public void A_slice_comes_back_from_its_bytes() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 30], Gen.Int).Sample((width, items, seed) =>
        {
            var random = new Random(seed);
            float[] table = [.. Enumerable.Range(0, 31 * width).Select(_ => random.NextSingle() - 0.5f)];
            int[] ids = [.. Enumerable.Range(1, 30)];
            random.Shuffle(ids);
            var slice = ItemSlice.FromTable("größe", "m 2", ids.AsSpan(0, items), table, width);
            Assert.True(ItemSlice.TryParse(slice.ToBytes(), out var read, out var fault), fault);
            Assert.Equal(("größe", "m 2", width), (read.CatalogVersion, read.ModelVersion, read.Width));
            Assert.Equal(slice.Items, read.Items);
            Assert.Equal(slice.Scales, read.Scales);
            for (var i = 0; i < items; i++) Assert.Equal(slice.Codes(i).ToArray(), read.Codes(i).ToArray());
            Assert.Equal(slice.ToBytes(), read.ToBytes());
        });

    [Fact]
    public void A_slice_of_250_items_of_64_dimensions_takes_about_18_KB()
    {
        var slice = ItemSlice.FromTable("0123456789abcdef", "1", [.. Enumerable.Range(1, 250)], new float[251 * 64], width: 64);
        Assert.InRange(slice.ToBytes().Length, 18_000, 18_500);
    }

    [Fact]
    public void A_slice_does_not_change_with_the_bytes_it_was_read_from()
    {
        var bytes = Valid().ToBytes();
        Assert.True(ItemSlice.TryParse(bytes, out var slice, out _));
        Array.Clear(bytes);
        Assert.Equal([3, 1], slice.Items);
        Assert.Equal([64, 127], slice.Codes(0).ToArray());
    }

    [Theory]
    [InlineData(new[] { 0 }, "item 0 at place 0 is below 1")]
    [InlineData(new[] { 1, 4 }, "outside 1..3")]
    [InlineData(new[] { 2, 1, 2 }, "item 2 at place 2 is there twice")]
    public void Items_that_the_table_lacks_or_that_repeat_cannot_be_cut(int[] items, string named)
    {
        var e = Assert.Throws<ArgumentException>(() => ItemSlice.FromTable("c1", "m1", items, _table, width: 2));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_with_a_value_that_is_not_finite_cannot_be_cut() =>
        Assert.Throws<ArgumentException>(() => ItemSlice.FromTable("c1", "m1", [1], [0, 0, float.NaN, 0], width: 2));

    [Fact]
    public void Ten_thousand_items_are_accepted_and_one_more_is_not()
    {
        Assert.True(ItemSlice.TryParse(RawSlice.Of(items: Ids(10_000), rows: 10_000).ToArray(), out var slice, out var fault), fault);
        Assert.Equal(10_000, slice.Items.Length);
        AssertRefused(RawSlice.Of(items: Ids(10_001), rows: 10_001), "10001 items, expected at most 10000");
        Assert.Throws<ArgumentException>(() => ItemSlice.FromTable("c1", "m1", Ids(10_001), new float[10_002], width: 1));
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, "item 0 at place 0 is below 1")]
    [InlineData(new[] { 1, -7 }, "item -7 at place 1 is below 1")]
    [InlineData(new[] { 5, 5 }, "item 5 at place 1 is there twice")]
    public void Bad_items_are_refused_by_place(int[] items, string named) => AssertRefused(RawSlice.Of(items: items), named);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue / 100)]
    public void A_scale_that_is_negative_or_would_make_a_row_infinite_is_refused(float scale) =>
        AssertRefused(RawSlice.Of(scales: [1, scale]), "of item 2 is not in 0 to");

    [Fact]
    public void The_code_minus_128_is_refused() => AssertRefused(RawSlice.Of(codes: [1, 2, 3, -128]), "a code is -128");

    [Fact]
    public void Sizes_that_do_not_fit_together_are_refused()
    {
        AssertRefused(RawSlice.Of(items: [1, 2, 3]), "3 items, 2 rows and 2 scales");
        AssertRefused(RawSlice.Of(scales: [1]), "2 items, 2 rows and 1 scales");
        AssertRefused(RawSlice.Of(codes: []), "no elements");
    }

    [Fact]
    public void Another_format_or_type_is_refused_by_name()
    {
        AssertRefused(RawSlice.Of(format: "tandem.item-slice/2"), "format 'tandem.item-slice/2', this build reads 'tandem.item-slice/1'");
        AssertRefused(new SafetensorsWriter(), "format ''");
        AssertRefused(RawSlice.Of(catalog: " "), "catalogVersion");
        AssertRefused(RawSlice.Of(model: ""), "modelVersion");
        AssertRefused(RawSlice.Of(without: "codes"), "no tensor 'codes'");
        var other = RawSlice.Of(without: "scales");
        other.Add("scales", [1.0, 2.0], 2);
        AssertRefused(other, "tensor 'scales' is F64 [2], expected F32 of 1 dimensions");
    }

    [Fact]
    public void Tensors_and_metadata_of_a_later_version_are_skipped()
    {
        var writer = RawSlice.Of();
        writer.Add("popularity", [1f, 2f], 2);
        writer.Metadata["note"] = "x";
        Assert.True(ItemSlice.TryParse(writer.ToArray(), out _, out var fault), fault);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Valid().ToBytes();
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(ItemSlice.TryParse(bytes.AsMemory(0, length), out _, out _), $"cut to {length} bytes");
    }

    [Fact]
    public void Mutations_never_throw_and_what_is_accepted_is_sound() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var bytes = Valid().ToBytes();
                foreach (var (at, value) in edits) bytes[at % bytes.Length] = value;
                if (!ItemSlice.TryParse(bytes, out var slice, out var fault))
                {
                    Assert.NotEmpty(fault);
                    return;
                }

                Assert.Equal(slice.Items.Length, slice.Scales.Length);
                Assert.Equal(slice.Items.Length, slice.Items.ToArray().Distinct().Count());
                Assert.DoesNotContain(slice.Items.ToArray(), item => item < 1);
                for (var i = 0; i < slice.Items.Length; i++)
                {
                    var row = new float[slice.Width];
                    Int8Quantisation.Dequantise(slice.Codes(i), slice.Scales[i], row);
                    Assert.All(row, value => Assert.True(float.IsFinite(value)));
                }
            },
            iter: 20_000);

    private static ItemSlice Valid() => ItemSlice.FromTable("c1", "m1", [3, 1], _table, width: 2);

    private static int[] Ids(int count) => [.. Enumerable.Range(1, count)];

    private static void AssertRefused(SafetensorsWriter writer, string named)
    {
        Assert.False(ItemSlice.TryParse(writer.ToArray(), out var slice, out var fault));
        Assert.Null(slice);
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }
}
