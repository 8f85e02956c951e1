using System.Text;
using CsCheck;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>Items by the keys of a loaded model.</summary>
public sealed class KeyTests : IDisposable
{
    private static readonly string[] _keys = [.. Enumerable.Range(1, SmallBundle.Items).Select(item => $"Gänseblümchen {item}")];

    private static readonly Gen<byte[]> _known = Gen.Int[0, SmallBundle.Items - 1].Select(i => Encoding.UTF8.GetBytes(_keys[i]));

    private readonly TemporaryFolder _folder = new();
    private readonly ulong _model;

    public KeyTests() => _model = Library.LoadModel(SmallBundle.Write(_folder["bundle"], keys: _keys));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_item_is_found_by_the_key_that_is_read_of_it()
    {
        for (var item = 1; item <= SmallBundle.Items; item++)
        {
            Assert.Equal(_keys[item - 1], Read(item));
            Assert.Equal((Status.Ok, item), (Library.FindItem(_model, _keys[item - 1], out var found).Status, found));
        }
    }

    [Theory]
    [InlineData("Gänseblümchen")]
    [InlineData("gänseblümchen 1")]
    [InlineData("1")]
    public void A_key_that_no_item_has_gives_0(string key) =>
        Assert.Equal((new Library.Answer(Status.Ok, ""), 0), (Library.FindItem(_model, key, out var found), found));

    [Fact]
    public void A_buffer_that_cannot_hold_a_key_is_told_how_much_it_takes_and_left_alone()
    {
        var (length, small) = (Encoding.UTF8.GetByteCount(_keys[0]), new byte[Encoding.UTF8.GetByteCount(_keys[0])]);
        Array.Fill(small, (byte)0xEE);
        var answer = Library.ItemKey(_model, 1, small, out var needed);
        Assert.Equal((Status.TooSmall, length + 1), (answer.Status, needed));
        Assert.Contains($"the item's key takes {length + 1} bytes, the buffer has {length}", answer.Error, StringComparison.Ordinal);
        Assert.All(small, value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void A_bundle_without_keys_says_so()
    {
        var without = Library.LoadModel(SmallBundle.Write(_folder["without"]));
        var (find, read) = (Library.FindItem(without, "1", out var found), Library.ItemKey(without, 1, null, out var needed));
        Assert.Equal((Status.Nothing, Status.Nothing, 0, 0), (find.Status, read.Status, found, needed));
        Assert.Contains("holds no item keys", find.Error, StringComparison.Ordinal);
        Assert.Equal(find.Error, read.Error);
    }

    [Fact]
    public void What_a_caller_gets_wrong_is_named()
    {
        AssertBad("key is NULL", Library.FindItem(_model, (string?)null, out _));
        AssertBad("key has no bytes", Library.FindItem(_model, "", out _));
        AssertBad("key has no end", Library.FindItem(_model, new string('a', 1 << 16), out _));
        AssertBad("key is not UTF-8", Library.FindItem(_model, [(byte)'a', 0xC3, 0], out _));
        AssertBad("size is -1", Library.ItemKey(_model, 1, [0], out _, size: -1));
        foreach (var item in new[] { 0, -1, 41, int.MinValue, int.MaxValue })
            AssertBad($"item is {item}, items of this bundle run from 1 to 40", Library.ItemKey(_model, item, new byte[64], out _));
        var nowhere = Library.FindNowhere(_model);
        AssertBad("item is NULL", nowhere[0]);
        AssertBad("needed is NULL", nowhere[1]);
    }

    [Fact]
    public void Whatever_the_bytes_of_a_key_the_answer_is_a_status_and_an_item_that_has_it() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 12], _known), Gen.Int[-2, 43]).Sample(
            (bytes, item) =>
            {
                var find = Library.FindItem(_model, [.. bytes, 0], out var found);
                if (found != 0) Assert.Equal(Encoding.UTF8.GetString(bytes).Split('\0')[0], _keys[found - 1]);
                var read = Library.ItemKey(_model, item, new byte[64], out var needed);
                return find.Status is Status.Ok or Status.BadArgument && (read.Status == Status.Ok) == (needed > 0)
                    && read.Status == (item is < 1 or > SmallBundle.Items ? Status.BadArgument : Status.Ok);
            },
            threads: 1);

    private string Read(int item)
    {
        Assert.Equal(Status.Ok, Library.ItemKey(_model, item, null, out var needed).Status);
        var bytes = new byte[needed];
        Assert.Equal(Status.Ok, Library.ItemKey(_model, item, bytes, out _).Status);
        Assert.Equal(0, bytes[^1]);
        return Encoding.UTF8.GetString(bytes[..^1]);
    }

    private static void AssertBad(string reason, Library.Answer answer)
    {
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
        Assert.Equal(Status.BadArgument, answer.Status);
    }
}
