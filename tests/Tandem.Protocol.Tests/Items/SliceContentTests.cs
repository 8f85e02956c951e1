using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Items;

public class SliceContentTests
{
    private static readonly float[] _table = [0, 0, 1, 2, 3, 4, 5, 6];

    private static readonly JoinedContent _text = new(
        ContentRows.FromTable([0, 1, -1, 0.5f], 1),
        new() { Name = "text", Width = 1, Recent = 20, RecencyDecay = 0.5, Weight = 3 });

    [Fact]
    public void A_slice_brings_the_vectors_of_its_items()
    {
        var bytes = ItemSlice.FromTable("c1", "m1", [3, 1], _table, width: 2, [_text]).ToBytes();
        Assert.True(ItemSlice.TryParse(bytes, out var slice, out var fault), fault);
        Assert.Equal(["text"], slice.Contents);
        var content = slice.Content("text")!;
        Assert.Equal((1, 2), (content.Width, content.Scales.Length));
        Assert.Equal(_text.Rows.Codes.Span[3], content.Codes(0)[0]);
        Assert.Equal(_text.Rows.Codes.Span[1], content.Codes(1)[0]);
        Assert.Null(slice.Content("category"));
        Assert.Equal(bytes, slice.ToBytes());
    }

    [Fact]
    public void An_item_beyond_the_contents_rows_is_refused() =>
        Assert.Throws<ArgumentException>(() => ItemSlice.FromTable("c1", "m1", [4], new float[10], width: 2, [_text]));

    [Fact]
    public void Hostile_contents_are_refused_by_name()
    {
        AssertRefused(writer => writer.Add<sbyte>("content.text.codes", [1], 1, 1), "content 'text' is I8 [1, 1], expected I8 [2");
        AssertRefused(writer => writer.Add<float>("content.text.codes", [1, 2], 2, 1), "content 'text' is F32");
        AssertRefused(writer => writer.Add<sbyte>("content.text.codes", [], 2, 0), "content 'text' is I8 [2, 0]");
        AssertRefused(writer => writer.Add<sbyte>("content.text.codes", [1, 2], 2, 1), "content 'text' has no scales");
        AssertRefused(writer => With(writer, "text", [-128, 0], [0, 0]), "content 'text': a code is -128");
        AssertRefused(writer => With(writer, "text", [1, 0], [2, 0]), "content 'text': a scale is not");
        AssertRefused(
            writer =>
            {
                for (var i = 0; i < 9; i++) With(writer, $"t{i}", [1, 0], [0, 0]);
            }, "more than 8 contents");

        static void With(SafetensorsWriter writer, string name, sbyte[] codes, float[] scales)
        {
            writer.Add<sbyte>($"content.{name}.codes", codes, 2, 1);
            writer.Add<float>($"content.{name}.scales", scales, 2);
        }
    }

    private static void AssertRefused(Action<SafetensorsWriter> add, string fault)
    {
        var writer = new SafetensorsWriter
        {
            Metadata = { ["format"] = "tandem.item-slice/1", ["catalogVersion"] = "c1", ["modelVersion"] = "m1" },
        };
        writer.Add<int>("items", [1, 2], 2);
        writer.Add<sbyte>("codes", [1, 2, 3, 4], 2, 2);
        writer.Add<float>("scales", [1, 1], 2);
        add(writer);
        Assert.False(ItemSlice.TryParse(writer.ToArray(), out _, out var found));
        Assert.Contains(fault, found, StringComparison.Ordinal);
    }
}
