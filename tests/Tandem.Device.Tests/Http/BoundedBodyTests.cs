using CsCheck;
using Tandem.Device.Http;

namespace Tandem.Device.Tests.Http;

public sealed class BoundedBodyTests
{
    [Fact]
    public void A_body_within_its_limit_is_whole_and_a_longer_one_is_left_at_once()
    {
        // Bytes of the body, most that are taken, bytes that a read brings, and what a header says of the length, if anything.
        Gen.Select(Gen.Int[0, 70_000], Gen.Int[1, 70_000], Gen.Int[1, 40_000], Gen.Bool).Sample(
            (length, most, piece, isSaid) =>
            {
                var body = new byte[length];
                new Random(length).NextBytes(body);
                using var stream = new Pieces(body, piece);
                var read = Read(stream, isSaid ? length : null, most);
                if (length <= most) Assert.Equal(body, read);
                else Assert.Null(read);
                Assert.InRange(stream.Taken, 0, (long)most + 1);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Memory_is_taken_for_what_came_and_not_for_what_a_header_claims()
    {
        using var stream = new Pieces([1, 2], 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(2, Read(stream, 1_000_000_000, int.MaxValue)!.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3_000_000);
    }

    private static byte[]? Read(Stream stream, long? said, long most)
    {
        using var content = new StreamContent(stream);
        content.Headers.ContentLength = said;
        var read = BoundedBody.TryReadAsync(content, most, default).AsTask();
        Assert.True(read.IsCompleted); // on this thread, whose memory is counted
        return read.GetAwaiter().GetResult();
    }

    /// <summary>Brings some bytes at a time, and cannot tell how many there are.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public long Taken { get; private set; }

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span[..Math.Min(buffer.Length, piece)]);
            Taken += read;
            return ValueTask.FromResult(read);
        }
    }
}
