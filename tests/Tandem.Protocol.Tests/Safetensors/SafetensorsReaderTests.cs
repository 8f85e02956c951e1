using System.Buffers.Binary;
using System.Text;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Safetensors;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_reads_of_every_golden_file_what_a_file_in_memory_holds()
    {
        foreach (var path in Directory.GetFiles(SharedFolder.Require("golden"), "*.safetensors", SearchOption.AllDirectories))
        {
            var file = SafetensorsFile.Load(path);
            using var reader = SafetensorsReader.Open(path);
            Assert.Equal(file.Metadata, reader.Metadata);
            Assert.Equal(file.Tensors.Keys.Order(), reader.Tensors.Keys.Order());
            foreach (var (name, tensor) in file.Tensors)
            {
                var loaded = reader.Load(name);
                Assert.Equal((tensor.Type, tensor.Shape.ToArray()), (loaded.Type, loaded.Shape.ToArray()), Same);
                Assert.True(tensor.Bytes.Span.SequenceEqual(loaded.Bytes.Span), $"{path}: {name}");
            }
        }

        static bool Same((TensorType Type, int[] Shape) a, (TensorType Type, int[] Shape) b) =>
            a.Type == b.Type && a.Shape.AsSpan().SequenceEqual(b.Shape);
    }

    [Fact]
    public void A_file_of_more_than_2_GB_is_read_at_both_ends_of_its_tensors()
    {
        const long Wide = 3_000_000_000, Small = 4;
        var path = Sparse("large.safetensors", $"{{{RawFile.Tensor("wide", "U8", "[3,1000000000]", 0, Wide)},"
            + $"{RawFile.Tensor("small", "U8", "[4]", Wide, Wide + Small)}}}", Wide + Small, out var dataBegin);
        using (var file = File.OpenWrite(path))
        {
            Put(file, dataBegin, 1, 2);
            Put(file, dataBegin + Wide - 2, 3, 4, 5, 6, 7, 8);
        }

        using var reader = SafetensorsReader.Open(path);
        Assert.Equal([5, 6, 7, 8], reader.Load("small").Bytes.ToArray());
        Assert.Equal(Wide, reader.Get("wide", 3, 1_000_000_000).SizeBytes);
        Assert.Equal([1, 2, 0], Part(reader, 0));
        Assert.Equal([0, 3, 4], Part(reader, Wide - 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Part(reader, Wide - 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Part(reader, -1));
        Assert.Contains("3000000000 bytes", Assert.Throws<SafetensorsException>(() => reader.Load("wide")).Message, StringComparison.Ordinal);
        Assert.Contains(
            nameof(SafetensorsReader), Assert.Throws<SafetensorsException>(() => SafetensorsFile.Load(path)).Message, StringComparison.Ordinal);

        static byte[] Part(SafetensorsReader reader, long offset)
        {
            var part = new byte[3];
            reader.Read("wide", offset, part);
            return part;
        }
    }

    /// <summary>All that the format forbids has its own tests over bytes in memory; each kind of check is tried here once.</summary>
    [Theory]
    [InlineData("[", 0, "begin with '{'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, "outside the 3 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5, "a hole at the end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "overlaps")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "Duplicate")]
    public void A_header_that_lies_is_refused_with_the_path(string header, int dataBytes, string named)
    {
        File.WriteAllBytes(_folder["bad.safetensors"], RawFile.Of(header, dataBytes));
        AssertRefused("bad.safetensors", named);
    }

    [Fact]
    public void A_file_that_ends_within_its_header_or_before_it_is_refused()
    {
        File.WriteAllBytes(_folder["short.safetensors"], [1, 2, 3]);
        AssertRefused("short.safetensors", "at least the 8");
        File.WriteAllBytes(_folder["cut.safetensors"], RawFile.Of("{}")[..9]);
        AssertRefused("cut.safetensors", "only 1 follow");
        File.WriteAllBytes(_folder["empty.safetensors"], []);
        AssertRefused("empty.safetensors", "empty");
        Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(_folder["absent.safetensors"]));
    }

    [Fact]
    public void A_file_that_is_cut_off_while_it_is_open_is_an_exception()
    {
        var path = _folder["shrinking.safetensors"];
        File.WriteAllBytes(path, RawFile.Of($"{{{RawFile.Tensor("a", "U8", "[4]", 0, 4)}}}", 4));
        using var reader = SafetensorsReader.Open(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(file.Length - 1);
        Assert.Contains("was longer", Assert.Throws<SafetensorsException>(() => reader.Load("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_absent_or_of_another_shape_is_named()
    {
        File.WriteAllBytes(_folder["a.safetensors"], RawFile.Of($"{{{RawFile.Tensor("a", "U8", "[4]", 0, 4)}}}", 4));
        using var reader = SafetensorsReader.Open(_folder["a.safetensors"]);
        Assert.Contains("'b' among the 1 found (a)", Assert.Throws<SafetensorsException>(() => reader.Get("b")).Message, StringComparison.Ordinal);
        Assert.Contains("[4], expected [2, 2]", Assert.Throws<SafetensorsException>(() => reader.Get("a", 2, 2)).Message, StringComparison.Ordinal);
    }

    private void AssertRefused(string name, string named)
    {
        var e = Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(_folder[name]));
        Assert.StartsWith(_folder[name], e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    /// <summary>A file whose data are a hole that takes no place on the disk; the test is skipped where there are no such files.</summary>
    private string Sparse(string name, string header, long dataBytes, out long dataBegin)
    {
        var json = Encoding.UTF8.GetBytes(header);
        dataBegin = 8 + json.Length;
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        // Windows fills such a file with zeros unless it is asked not to.
        if (OperatingSystem.IsWindows()) Assert.Skip("this test needs files with holes");
        try
        {
            using var file = File.Create(_folder[name]);
            file.Write(length);
            file.Write(json);
            file.SetLength(dataBegin + dataBytes);
        }
        catch (IOException e)
        {
            Assert.Skip($"the file system takes no file of {dataBytes} bytes with holes: {e.Message}");
        }

        return _folder[name];
    }

    private static void Put(FileStream file, long at, params byte[] bytes)
    {
        file.Position = at;
        file.Write(bytes);
    }
}
