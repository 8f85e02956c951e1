using System.Runtime.InteropServices;
using System.Text;
using Tandem.Device;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Native.Tests;

public sealed class InfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;

    public InfoTests() => _bundle = SmallBundle.Write(_folder["bundle"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Counts_are_the_device_runtimes()
    {
        var settings = new SessionSettings { Size = 16, CloudShare = 0.5f, HistoryLimit = 6 };
        var session = Library.Open(_bundle, settings);
        var twin = new DeviceSession(DeviceModel.Open(_bundle), new() { HistoryLimit = 6 });
        Library.AcceptList(session, [7, 30], [-1, -2]);
        var list = new CandidateList
        {
            CatalogVersion = SmallBundle.Catalog,
            ModelVersion = "cloud",
            HistoryLength = 0,
            Items = [7, 30],
            Scores = [-1, -2],
        };
        Assert.True(twin.TryAccept(list, out var fault), fault);
        for (var i = 1; i <= 8; i++)
        {
            Library.Observe(session, i);
            twin.Observe(i);
        }

        var info = Library.GetInfo(session);
        Assert.Equal((SmallBundle.Items, 8, 6, 8), (info.Items, info.EventCount, info.KeptEvents, info.ListAge));
        Assert.Equal((twin.SizeBytes, 0), (info.SessionBytes, info.EventsSetAside));
        Assert.Equal(twin.History.Count, info.KeptEvents);
    }

    [Fact]
    public void Nothing_is_written_beyond_the_members_that_caller_and_library_know()
    {
        var session = Library.Open(_bundle);
        Library.Observe(session, 3);
        var bytes = new byte[64];
        Array.Fill(bytes, (byte)0xEE);
        BitConverter.TryWriteBytes(bytes, 56);
        Assert.Equal(Status.Ok, Library.GetInfo(session, bytes).Status);
        Assert.Equal((56u, 1), (MemoryMarshal.Read<SessionInfo>(bytes).Size, MemoryMarshal.Read<SessionInfo>(bytes).EventCount));
        Assert.All(bytes[40..], value => Assert.Equal(0xEE, value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(4_097)]
    public void A_size_that_no_header_has_is_refused_and_nothing_written(int size)
    {
        var bytes = new byte[64];
        Array.Fill(bytes, (byte)0xEE);
        BitConverter.TryWriteBytes(bytes, size);
        var answer = Library.GetInfo(Library.Open(_bundle), bytes);
        Assert.Equal(new Library.Answer(Status.BadArgument, $"info.size is {size}, set it to sizeof(tandem_info), 40"), answer);
        Assert.All(bytes[4..], value => Assert.Equal(0xEE, value));
    }

    [Fact]
    public void Versions_are_the_bundles_and_follow_a_swap()
    {
        var session = Library.Open(SmallBundle.Write(_folder["first"], catalog: "catalogue-ä"));
        Assert.Equal("catalogue-ä", Read(Library.CatalogVersion, session));
        Assert.Equal("1", Read(Library.ModelVersion, session));
        Assert.Equal(Status.Ok, Library.Swap(session, SmallBundle.Write(_folder["second"], seed: 20, catalog: "catalogue-ä")).Status);
        Assert.Equal("20", Read(Library.ModelVersion, session));
    }

    [Fact]
    public void A_buffer_that_cannot_hold_a_version_is_told_how_much_it_takes_and_left_alone()
    {
        var (session, small) = (Library.Open(_bundle), new byte[SmallBundle.Catalog.Length]);
        Array.Fill(small, (byte)0xEE);
        var answer = Library.CatalogVersion(session, small, out var needed);
        Assert.Equal((Status.TooSmall, SmallBundle.Catalog.Length + 1), (answer.Status, needed));
        Assert.Contains("takes 12 bytes, the buffer has 11", answer.Error, StringComparison.Ordinal);
        Assert.All(small, value => Assert.Equal(0xEE, value));
    }

    private delegate Library.Answer Reader(ulong session, byte[]? buffer, out int needed);

    private static string Read(Reader read, ulong session)
    {
        Assert.Equal(Status.Ok, read(session, null, out var needed).Status);
        var bytes = new byte[needed];
        Assert.Equal(Status.Ok, read(session, bytes, out _).Status);
        Assert.Equal(0, bytes[^1]);
        return Encoding.UTF8.GetString(bytes[..^1]);
    }
}
