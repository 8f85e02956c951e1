using Tandem.Learning.Classification;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Classification;

public sealed class CifarFilesTests : IDisposable
{
    private const int Record = 3074;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        var random = new Random(1);
        var (train, test) = (Images(3, random), Images(2, random));
        Write(train, test);
        var (examples, tested) = CifarFiles.Read(_folder.Root);
        using (examples)
        {
            Assert.Equal((5, 2), (examples.Count, tested));
            Assert.Equal(
                [train[1], train[Record + 1], train[2 * Record + 1], test[1], test[Record + 1]],
                examples.Labels.ToArray().Select(label => (byte)label));
            using var pixels = examples.Take([3]);
            Assert.Equal([1L, 3, 32, 32], pixels.shape);
            Assert.Equal(test[2..Record], pixels.data<byte>().ToArray());
            Assert.Equal(100, examples.Names.Count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Record - 1)]
    [InlineData(Record + 1)]
    public void A_file_that_is_cut_off_is_refused(int length)
    {
        Write(new byte[length], Images(1, new(1)));
        Assert.Contains($"{length} bytes; expected a multiple of 3074", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(0, 100)]
    [InlineData(255, 255)]
    public void A_label_that_there_is_not_is_refused(byte coarse, byte fine)
    {
        var bytes = Images(2, new(1));
        (bytes[Record], bytes[Record + 1]) = (coarse, fine);
        Write(Images(1, new(1)), bytes);
        Assert.Contains($"test.bin: image 1 has the labels {coarse} and {fine}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_missing_names_are_refused()
    {
        Assert.Contains("no such file", Refusal(), StringComparison.Ordinal);
        Write(Images(1, new(1)), Images(1, new(1)));
        File.WriteAllText(_folder["fine_label_names.txt"], "apple\n");
        Assert.Contains("1 names; expected 100", Refusal(), StringComparison.Ordinal);
    }

    private string Refusal() => Assert.Throws<ClassificationException>(() => CifarFiles.Read(_folder.Root)).Message;

    private void Write(byte[] train, byte[] test)
    {
        File.WriteAllBytes(_folder["train.bin"], train);
        File.WriteAllBytes(_folder["test.bin"], test);
    }

    private static byte[] Images(int count, Random random)
    {
        var bytes = new byte[count * Record];
        random.NextBytes(bytes);
        for (var at = 0; at < bytes.Length; at += Record)
            (bytes[at], bytes[at + 1]) = ((byte)(bytes[at] % 20), (byte)(bytes[at + 1] % 100));
        return bytes;
    }
}
