using Tandem.Learning.Language.Sentences;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Sentences;

public class SideBySideTests
{
    [Fact]
    public void Every_piece_is_done_once_on_threads_that_compute_alone()
    {
        set_num_threads(2);
        try
        {
            var done = new int[100];
            var threads = new int[100];
            SideBySide.Run(
                Enumerable.Range(0, 100).ToArray(), 3,
                piece =>
                {
                    Interlocked.Increment(ref done[piece]);
                    threads[piece] = get_num_threads();
                },
                TestContext.Current.CancellationToken);
            Assert.All(done, times => Assert.Equal(1, times));
            Assert.All(threads, count => Assert.Equal(1, count));
            Assert.Equal(2, get_num_threads());
        }
        finally
        {
            set_num_threads(1);
        }
    }

    [Fact]
    public void A_fault_comes_back_and_ends_the_others()
    {
        var done = 0;
        var e = Assert.Throws<InvalidDataException>(() => SideBySide.Run(
            Enumerable.Range(0, 1_000_000).ToArray(), 2,
            piece =>
            {
                if (piece == 3) throw new InvalidDataException("the third");
                Interlocked.Increment(ref done);
                Thread.Yield();
            },
            TestContext.Current.CancellationToken));
        Assert.Equal("the third", e.Message);
        Assert.InRange(done, 3, 999_998);
    }
}
