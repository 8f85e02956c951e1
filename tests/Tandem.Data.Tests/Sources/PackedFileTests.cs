using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

/// <summary>Packed files are read whole or refused, whatever has happened to them.</summary>
public sealed class PackedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_was_cut_off_at_any_byte_is_refused()
    {
        var packed = Pack(Rows(40));
        for (var length = 0; length < packed.Length; length++)
            Assert.ThrowsAny<Exception>(() => Read(packed[..length]));
        Assert.Contains("the gzip file ends early", Fault(packed[..^1]));
        Assert.Contains("the gzip file ends early", Fault(packed[..^8]));
        Assert.Contains("the gzip file ends early", Fault(packed[..(packed.Length / 2)]));
        Assert.Contains("the gzip file ends early", Fault(packed[..5]));
        Assert.Contains("is empty", Fault([]));
    }

    [Fact]
    public void A_cut_in_the_second_of_two_files_in_one_is_refused_and_between_them_it_cannot_be_seen()
    {
        var (first, second) = (Pack(Rows(10)), Pack(Rows(20)[Rows(10).Length..]));
        byte[] packed = [.. first, .. second];
        for (var length = first.Length + 1; length < packed.Length; length++)
            Assert.ThrowsAny<Exception>(() => Read(packed[..length]));
        Assert.Equal(10, Read(packed[..first.Length]).Length);
        Assert.Equal(20, Read(packed).Length);
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_changes_nothing()
    {
        var packed = Pack(Rows(40));
        var right = Read(packed);
        for (var bit = 0; bit < 8 * packed.Length; bit++)
        {
            var damaged = (byte[])packed.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.Equal(right, Read(damaged));
            }
            catch (Exception e) when (e is DatasetException or SourceException)
            {
                // refused in words
            }
        }
        packed[^5] ^= 1;
        Assert.Contains("another checksum", Fault(packed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Zeros_behind_the_content_are_padding_and_anything_else_is_refused(int padding)
    {
        byte[] packed = [.. Pack(Rows(5)), .. new byte[padding]];
        Assert.Equal(5, Read(packed).Length);
        Assert.Contains("not gzip", Fault([.. packed, (byte)'x']));
        Assert.Contains("ends early", Fault([.. packed, 0x1F]));
    }

    [Fact]
    public void Members_may_be_empty_many_and_large()
    {
        var rows = Rows(30_000);
        var members = new List<byte>();
        for (var at = 0; at < rows.Length; at += rows.Length / 7)
            members.AddRange([.. Pack(rows[at..Math.Min(rows.Length, at + rows.Length / 7)], CompressionLevel.NoCompression), .. Pack("")]);
        Assert.True(members.Count > 1 << 19);
        Assert.Equal(30_000, Read([.. members]).Length);
        Assert.Contains("ends early", Fault([.. members[..^40]]));
    }

    [Fact]
    public void A_header_may_hold_a_name_a_comment_more_fields_and_its_own_checksum()
    {
        var packed = Pack(Rows(3));
        byte[] header = [0x1F, 0x8B, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, (byte)'n', 0, (byte)'c', 0, 9, 9];
        Assert.Equal(3, Read([.. header, .. packed[10..]]).Length);
        for (var length = 1; length < header.Length; length++)
            Assert.ThrowsAny<Exception>(() => Read(header[..length]));
    }

    [Fact]
    public void The_content_counts_and_not_the_name()
    {
        File.WriteAllBytes(_folder["e.csv"], Pack(Rows(4)));
        Assert.Equal(4, Events().Length);
        File.Delete(_folder["e.csv"]);
        Assert.Equal(4, Read(Encoding.UTF8.GetBytes(Rows(4))).Length);
    }

    [Theory]
    [InlineData("is packed with gzip twice", "gzip")]
    [InlineData("is a zip archive", "504B0304 14000000 0800")]
    [InlineData("is packed with zstd", "28B52FFD 0458")]
    [InlineData("is packed with bzip2", "425A6839 31415926 5359")]
    [InlineData("is packed with xz", "FD377A58 5A00")]
    [InlineData("is a 7z archive", "377ABCAF 271C")]
    [InlineData("is packed with lz4", "04224D18 64")]
    [InlineData("is a Parquet file", "50415231 1500")]
    [InlineData("is neither packed with gzip nor text", "00010203")]
    public void Other_forms_are_refused_by_name(string what, string bytes)
    {
        var content = bytes == "gzip" ? Pack(Rows(2)) : Convert.FromHexString(bytes.Replace(" ", ""));
        if (bytes != "gzip")
            Assert.Contains(what, Fault(content));
        if (!what.Contains("neither", StringComparison.Ordinal))
            Assert.Contains(what, Fault(Pack(content)));
    }

    [Fact]
    public void A_file_and_its_packed_form_side_by_side_are_refused()
    {
        _folder.Write("sequences.txt", "1 2 3\n");
        File.WriteAllBytes(_folder["sequences.txt.gz"], Pack("1 2 3\n"));
        Assert.Contains("holds both sequences.txt and sequences.txt.gz", Assert.Throws<DatasetException>(Events).Message);
    }

    [Fact]
    public void A_pipe_is_no_file_and_is_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "named pipes of Unix");
        using (var made = Process.Start("mkfifo", _folder["e.csv"])) made.WaitForExit();
        Assert.Contains("is a pipe or a device; expected a file", Assert.Throws<DatasetException>(Events).Message);
    }

    private static string Rows(int count) =>
        "user,item,time\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"u{i / 3},i{i * 7 % 11},{1_600_000_000 + i * 13}\n"));

    private static byte[] Pack(string text, CompressionLevel level = CompressionLevel.Optimal) => Pack(Encoding.UTF8.GetBytes(text), level);

    private static byte[] Pack(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        // The framework's stream writes nothing at all for nothing.
        if (bytes.Length == 0) return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, .. new byte[8]];
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, level)) stream.Write(bytes);
        return packed.ToArray();
    }

    private Interaction[] Events() => [.. SourceLayout.Detect(_folder.Root)!.Read()];

    private Interaction[] Read(byte[] packed)
    {
        File.WriteAllBytes(_folder["e.csv.gz"], packed);
        return Events();
    }

    private string Fault(byte[] packed) => Assert.Throws<DatasetException>(() => Read(packed)).Message;
}
