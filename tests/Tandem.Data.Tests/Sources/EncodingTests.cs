using System.Text;
using CsCheck;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class EncodingTests : IDisposable
{
    private static readonly string[] _texts = ["a", "\n", "\r\n", "\r", "é", "€", "😀", "\uFFFD"];
    private static readonly byte[] _wrong = [0x80, 0xC0, 0xE9, 0xFF];

    private readonly TemporaryFolder _folder = new();

    private static Gen<string> Text => Gen.Int[0, _texts.Length - 1].Select(at => _texts[at]).Array[0, 40].Select(string.Concat);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "user,item\nben,x\nren\u00e9,x\nren\u00e8,y\n", "a.csv, line 3: byte 4 of the line, 0xE9, is not UTF-8;")]
    [InlineData("a.csv", "user,item\r\nben,x\r\nren\u00e9,x\r\n", "a.csv, line 3: byte 4 of the line, 0xE9, is not UTF-8;")]
    [InlineData("a.csv", "user,item\nben,\u00e9", "a.csv, line 2: byte 5 of the line, 0xE9, is not UTF-8;")]
    [InlineData("a.inter", "user_id:token\titem_id:token\n\u00e9\tx\n", "a.inter, line 2: byte 1 of the line, 0xE9, is not UTF-8;")]
    [InlineData("sequences.txt", "1 2 3\n2 3\u00a0\n", "sequences.txt, line 2: byte 4 of the line, 0xA0, is not UTF-8;")]
    public void Bytes_that_are_not_UTF_8_are_a_fault_with_their_place(string file, string latin1, string what)
    {
        File.WriteAllBytes(_folder[file], Encoding.Latin1.GetBytes(latin1));
        var fault = Assert.Throws<SourceException>(() => SourceLayout.Detect(_folder.Root)!.Read().Count());
        Assert.StartsWith(what, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("convert the file from the encoding that it is in", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UTF_16_is_said_so()
    {
        File.WriteAllText(_folder["a.csv"], "user,item\nu,a\n", Encoding.Unicode);
        Assert.Contains("the file is UTF-16", Assert.Throws<SourceException>(() => SourceLayout.Detect(_folder.Root)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "user,item\n7,8\n")]
    [InlineData("a.inter", "user_id:token\titem_id:token\n7\t8\n")]
    [InlineData("interactions.txt", "7 8\n")]
    [InlineData("sequences.txt", "7 8\n")]
    [InlineData("ratings.dat", "7::8::1::5\n", "movies.dat")]
    [InlineData("u.data", "7\t8\t1\t5\n", "u.item", "u.genre")]
    public void A_byte_order_mark_is_no_part_of_the_first_name(string file, string text, params string[] others)
    {
        File.WriteAllText(_folder[file], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        foreach (var other in others)
            _folder.Write(other, "");
        var only = Assert.Single(SourceLayout.Detect(_folder.Root)!.Read());
        Assert.Equal(("7", "8"), (only.User, only.Item));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Titles_of_MovieLens_are_Latin_1_or_UTF_8_as_the_bytes_tell(bool utf8)
    {
        _folder.Write("ratings.dat", "1::5::4.5::9\n");
        File.WriteAllText(_folder["movies.dat"], "5::Amélie à Zürich (2001)::Comedy\n", utf8 ? new UTF8Encoding(false) : Encoding.Latin1);
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.Equal([new("1", "5", 9, 4.5f)], source.Read());
        Assert.Equal("Amélie à Zürich (2001)", source.ReadItems()["5"].Title);
    }

    [Fact]
    public void Text_comes_through_unchanged_however_the_reads_cut_it() =>
        Gen.Select(Text, Gen.Int[1, 7]).Sample((text, length) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            using var stream = new Utf8CheckedStream(new MemoryStream(bytes), "a");
            Assert.Equal(bytes, Drain(stream, length));
        });

    [Fact]
    public void A_wrong_byte_is_found_where_it_is_however_the_reads_cut_it() =>
        Gen.Select(Text, Gen.Int[0, 3].Select(at => _wrong[at]), Gen.Int[1, 7])
            .Sample((text, wrong, length) =>
            {
                byte[] bytes = [.. Encoding.UTF8.GetBytes(text), wrong, .. "ab\n"u8];
                using var stream = new Utf8CheckedStream(new MemoryStream(bytes), "a");
                var fault = Assert.Throws<SourceException>(() => Drain(stream, length));
                string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
                Assert.StartsWith(
                    $"a, line {lines.Length}: byte {Encoding.UTF8.GetByteCount(lines[^1]) + 1} of the line, 0x{wrong:X2}, ", fault.Message,
                        StringComparison.Ordinal);
            });

    private static byte[] Drain(Stream stream, int length)
    {
        var (all, buffer) = (new List<byte>(), new byte[length]);
        while (stream.Read(buffer) is > 0 and var read)
            all.AddRange(buffer.AsSpan(0, read));
        return [.. all];
    }
}
