using System.Text;

namespace Tandem.Native.Tests;

public unsafe class BorderTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(4, "abc")]
    [InlineData(5, "abc")]
    [InlineData(6, "abcä")]
    [InlineData(7, "abcä")]
    [InlineData(9, "abcä")]
    [InlineData(10, "abcä😀")]
    [InlineData(16, "abcä😀")]
    public void A_text_is_cut_between_characters_and_always_ends(int size, string expected)
    {
        var buffer = Enumerable.Repeat((byte)0xEE, 32).ToArray();
        fixed (byte* error = buffer) Assert.Equal(Status.Refused, Border.Fail(new CallFault(Status.Refused, "abcä😀"), error, size));
        var end = Array.IndexOf(buffer, (byte)0);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer, 0, end));
        Assert.All(buffer[size..], b => Assert.Equal(0xEE, b));
    }

    [Fact]
    public void A_caller_without_a_buffer_gets_the_status_alone()
    {
        byte untouched = 0xEE;
        Assert.Equal(Status.Refused, Border.Fail(new CallFault(Status.Refused, "text"), null, 100));
        Assert.Equal(Status.Refused, Border.Fail(new CallFault(Status.Refused, "text"), &untouched, 0));
        Assert.Equal(Status.Ok, Border.Succeed(&untouched, -1));
        Assert.Equal(0xEE, untouched);
    }

    [Fact]
    public void Any_other_exception_is_a_failure_that_names_it()
    {
        var buffer = stackalloc byte[64];
        Assert.Equal(Status.Failed, Border.Fail(new IOException("no room"), buffer, 64));
        Assert.Equal("IOException: no room", Encoding.UTF8.GetString(buffer, 20));
    }

    [Fact]
    public void An_object_that_is_gone_is_a_session_that_was_closed_meanwhile()
    {
        var buffer = stackalloc byte[64];
        Assert.Equal(Status.BadHandle, Border.Fail(new ObjectDisposedException("EventLog"), buffer, 64));
        Assert.StartsWith("the session was closed by another thread", Encoding.UTF8.GetString(buffer, 63), StringComparison.Ordinal);
    }

    [Fact]
    public void A_success_wipes_the_text_of_the_last_fault()
    {
        byte left = (byte)'x';
        Assert.Equal(Status.Ok, Border.Succeed(&left, 1));
        Assert.Equal(0, left);
    }

    [Fact]
    public void A_text_that_is_not_UTF8_is_refused()
    {
        fixed (byte* text = new byte[] { (byte)'a', 0xC3, 0 })
        {
            var at = text;
            var fault = Assert.Throws<CallFault>(() => Border.Text(at, "bundle"));
            Assert.Equal((Status.BadArgument, "bundle is not UTF-8"), (fault.Status, fault.Message));
        }
    }
}
