using CsCheck;
using Tandem.Device.Storage;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Storage;

public class SnapshotTests
{
    [Fact]
    public void Arrays_and_versions_come_back_bit_for_bit() =>
        Gen.Select(Gen.Int.Array[0, 40], Gen.Long.Array[0, 40], Gen.UInt.Array[0, 40], Gen.SByte.Array[0, 40]).Sample(
            (history, times, bits, codes) =>
            {
                // Any 32 bits, so that NaNs with their payloads are among the floats.
                var state = Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle);
                var writer = new SnapshotWriter("katalog-ä", "model 1");
                writer.Add<int>("history", history);
                writer.Add<long>("times", times);
                writer.Add<float>("state", state);
                writer.Add<sbyte>("codes", codes);

                var read = Open(writer.ToBytes());
                Assert.Equal(("katalog-ä", "model 1"), (read.CatalogVersion, read.ModelVersion));
                Assert.True(read.TryGet<int>("history", out var ints) && ints.SequenceEqual(history));
                Assert.True(read.TryGet<long>("times", out var longs) && longs.SequenceEqual(times));
                Assert.True(read.TryGet<sbyte>("codes", out var bytes) && bytes.SequenceEqual(codes));
                Assert.True(read.TryGet<float>("state", out var floats));
                Assert.Equal(bits, Array.ConvertAll(floats.ToArray(), BitConverter.SingleToUInt32Bits));
            });

    [Fact]
    public void What_is_absent_or_of_another_type_is_not_given()
    {
        var read = Open(Valid().ToBytes());
        Assert.False(read.TryGet<int>("state", out _));
        Assert.False(read.TryGet<float>("nothing", out var none));
        Assert.True(none.IsEmpty);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Valid().ToBytes();
        for (var length = 0; length < bytes.Length; length++) AssertRefused(bytes[..length]);
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        var bytes = Valid().ToBytes();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Open(bytes);
    }

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 300].Sample(bytes => AssertRefused(bytes), iter: 2_000);

    [Fact]
    public void Content_changed_in_good_form_is_refused_by_its_checksum()
    {
        var changed = Rewrite(Valid().ToBytes(), writer => writer.Add<float>("more", [1f], 1));
        AssertRefused(changed, "the checksum is not that of the content");
    }

    [Fact]
    public void Another_file_or_format_is_refused_by_name()
    {
        AssertRefused(new SafetensorsWriter().ToArray(), "format '', this build reads 'tandem.snapshot/1'");
        var newer = Rewrite(Valid().ToBytes(), writer => writer.Metadata["format"] = "tandem.snapshot/2");
        AssertRefused(newer, "format 'tandem.snapshot/2'");
    }

    [Fact]
    public void Two_ways_to_write_the_same_content_have_one_checksum()
    {
        var (first, second) = (Valid(), Valid());
        Assert.Equal(first.ToBytes(), second.ToBytes());
        Assert.Equal(first.ToBytes(), first.ToBytes());
        Assert.Equal(Rewrite(first.ToBytes(), _ => { }), first.ToBytes());
    }

    private static SnapshotWriter Valid()
    {
        var writer = new SnapshotWriter("c1", "m1");
        writer.Add<int>("history", [1, 2, 3]);
        writer.Add<float>("state", [0.5f, float.NaN, -0f]);
        return writer;
    }

    /// <summary>The same content by the plain safetensors writer, its old checksum included, with a change.</summary>
    private static byte[] Rewrite(byte[] snapshot, Action<SafetensorsWriter> change)
    {
        Assert.True(SafetensorsFile.TryParse(snapshot, out var file, out _));
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        writer.Add("history", file.Tensors["history"].As<int>(), 3);
        writer.Add("state", file.Tensors["state"].As<float>(), 3);
        change(writer);
        return writer.ToArray();
    }

    private static SnapshotReader Open(byte[] bytes)
    {
        Assert.True(SnapshotReader.TryOpen(bytes, out var reader, out var fault), fault);
        return reader;
    }

    private static void AssertRefused(byte[] bytes, string reason = "")
    {
        Assert.False(SnapshotReader.TryOpen(bytes, out var reader, out var fault));
        Assert.Null(reader);
        Assert.NotEmpty(fault);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }
}
