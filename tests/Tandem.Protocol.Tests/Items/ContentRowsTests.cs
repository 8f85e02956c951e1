using CsCheck;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Items;

public class ContentRowsTests
{
    [Fact]
    public void Rows_have_length_1_and_point_where_the_vectors_point()
    {
        Gen.Float[-100, 100].Array[12].Sample(values =>
        {
            var rows = ContentRows.FromTable([0, 0, 0, .. values], 3);
            var row = new float[3];
            for (var item = 1; item <= 4; item++)
            {
                rows.Read(item, row);
                var vector = values.AsSpan((item - 1) * 3, 3).ToArray();
                var length = Math.Sqrt(vector.Sum(x => (double)x * x));
                for (var i = 0; i < 3; i++) Assert.Equal(length > 0 ? vector[i] / length : 0, row[i], 0.5 / 127 + 1e-6);
            }
        });
    }

    [Fact]
    public void An_item_without_a_vector_keeps_its_zeros_and_padding_is_not_read()
    {
        var rows = ContentRows.FromTable([9, 9, 0, 0, 3, 4], 2);
        var row = new float[2];
        rows.Read(0, row);
        Assert.Equal([0, 0], row);
        rows.Read(1, row);
        Assert.Equal([0, 0], row);
        rows.Read(2, row);
        Assert.Equal(0.8f, row[1], 1e-6f);
        Assert.Equal((2, 2, 3 * 2 + 3 * 4), (rows.Items, rows.Width, rows.SizeBytes));
    }

    [Fact]
    public void A_file_brings_back_the_same_rows()
    {
        var rows = ContentRows.FromTable([0, 0, 1, 2, -3, 4, 0, 0], 2);
        var read = ContentRows.Read(Written(rows.Write), "text", 3, 2);
        Assert.Equal(rows.Codes.ToArray(), read.Codes.ToArray());
        Assert.Equal(rows.Scales.ToArray(), read.Scales.ToArray());
    }

    [Fact]
    public void Rows_that_cannot_be_of_length_1_are_refused()
    {
        AssertRefused([-128, 0], [0, 0.001f], "a code is -128");
        AssertRefused([1, 0], [0, 0.1f], "a scale is not 0 to");
        AssertRefused([1, 0], [0, float.NaN], "a scale is not 0 to");
        AssertRefused([1, 0], [0, -0.001f], "a scale is not 0 to");
        var fine = Written((writer, name) => Raw(writer, name, [1, 0], [0, 0.001f]));
        Assert.Throws<SafetensorsException>(() => ContentRows.Read(fine, "other", 1, 2));
        Assert.Throws<SafetensorsException>(() => ContentRows.Read(fine, "text", 2, 2));
        Assert.Throws<SafetensorsException>(() => ContentRows.Read(fine, "text", 1, 1));

        static void AssertRefused(sbyte[] codes, float[] scales, string fault)
        {
            var e = Assert.Throws<SafetensorsException>(
                () => ContentRows.Read(Written((writer, name) => Raw(writer, name, codes, scales)), "text", 1, 2));
            Assert.Contains(fault, e.Message, StringComparison.Ordinal);
        }

        static void Raw(SafetensorsWriter writer, string name, sbyte[] codes, float[] scales)
        {
            writer.Add<sbyte>($"content.{name}.codes", [0, 0, .. codes], 2, 2);
            writer.Add<float>($"content.{name}.scales", scales, 2);
        }
    }

    [Fact]
    public void What_is_no_table_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ContentRows.FromTable([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => ContentRows.FromTable([0, 0, float.NaN, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ContentRows.FromTable([1], 0));
    }

    private static SafetensorsFile Written(Action<SafetensorsWriter, string> write)
    {
        var writer = new SafetensorsWriter();
        write(writer, "text");
        Assert.True(SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault), fault);
        return file;
    }
}
