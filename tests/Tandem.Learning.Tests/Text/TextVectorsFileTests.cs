using CsCheck;
using Tandem.Learning.Text;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Text;

/// <summary>Files from anywhere: whatever the bytes, they are read as they were written or refused in one line.</summary>
public sealed class TextVectorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var read = TextVectorsFile.Load(Write());
        Assert.Equal(("tfidf", "weights"), (read.Encoder, read.Identity));
        Assert.Equal(2, read.Vectors.Count);
        Assert.Equal([0.6f, 0.8f], read.Vectors[TextKey.Of("a")]);
        Assert.Equal([0f, 0f], read.Vectors[TextKey.Of("b")]);
    }

    [Fact]
    public void A_flipped_bit_is_seen()
    {
        var bytes = File.ReadAllBytes(Write());
        Gen.Int[0, bytes.Length * 8 - 1].Sample(bit =>
        {
            var copy = bytes.ToArray();
            copy[bit / 8] ^= (byte)(1 << bit % 8);
            Refused(copy);
        }, iter: 400, threads: 1);
    }

    [Fact]
    public void A_file_that_ends_early_is_seen()
    {
        var bytes = File.ReadAllBytes(Write());
        Gen.Int[0, bytes.Length - 1].Sample(length => { Refused(bytes[..length]); }, iter: 100, threads: 1);
        Refused([.. bytes, 0]);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[0])]
    public void What_is_no_such_file_is_refused(byte[] bytes) => Refused(bytes);

    [Fact]
    public void A_folder_and_another_safetensors_file_are_refused()
    {
        Assert.Throws<TextException>(() => TextVectorsFile.Load(_folder.Root));
        var other = new SafetensorsWriter();
        other.Add<float>("vectors", [1], 1, 1);
        Refused(other.ToArray());
    }

    [Fact]
    public void Lies_under_a_right_checksum_are_refused()
    {
        Refused([0.6f, 0.8f], [3f, 4f]);
        Refused([0.6f, 0.8f], [float.NaN, 0]);
        Refused([0.6f, 0.8f], [float.PositiveInfinity, 0]);
    }

    private void Refused(float[] a, float[] b)
    {
        Save(a, b);
        Refused(File.ReadAllBytes(_folder["v"]));
    }

    private void Refused(byte[] bytes)
    {
        var path = _folder["damaged"];
        File.WriteAllBytes(path, bytes);
        var fault = Assert.Throws<TextException>(() => TextVectorsFile.Load(path));
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private string Write() => Save([0.6f, 0.8f], [0, 0]);

    private string Save(float[] a, float[] b)
    {
        var vectors = new Dictionary<UInt128, float[]> { [TextKey.Of("a")] = a, [TextKey.Of("b")] = b };
        new TextVectorsFile("tfidf", "weights", vectors).Save(_folder["v"]);
        return _folder["v"];
    }
}
