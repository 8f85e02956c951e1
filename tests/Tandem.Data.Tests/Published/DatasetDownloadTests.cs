using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tandem.Data.Published;
using Tandem.Tests;

namespace Tandem.Data.Tests.Published;

public sealed class DatasetDownloadTests : IDisposable
{
    private const string Pangram = "The quick brown fox jumps over the lazy dog";
    private const string PangramMd5 = "9e107d9d372bb6826bd81d3542a419d6";

    private readonly TemporaryFolder _folder = new();
    private readonly LocalPublisher _publisher = new();
    private readonly HttpClient _http = new();
    private readonly Reports _reports = new();
    private readonly byte[] _content = new byte[200_000];

    public DatasetDownloadTests()
    {
        NamedSeed.Create(1, "content").NextBytes(_content);
        _publisher.Files["a.json.gz"] = _content;
    }

    public void Dispose()
    {
        _http.Dispose();
        _publisher.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_without_a_checksum_is_trusted_on_first_use_and_recorded()
    {
        var record = await FetchAsync(Plain());
        var file = Assert.Single(record.Files);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), file.Sha256);
        Assert.Equal((200_000, "trust on first use"), (file.SizeBytes, file.VerifiedBy));
        Assert.Equal(_content, Fetched());
        Assert.Equivalent(record, FetchRecord.Find(_folder.Root), strict: true);
        Assert.Equal(["a.json.gz", "fetched.json"], FileNames());
        Assert.Equal(new DownloadProgress("a.json.gz", 200_000, 200_000), _reports.All[^1]);
    }

    [Fact]
    public async Task A_connection_that_is_cut_goes_on_where_it_stopped()
    {
        foreach (var length in new[] { 50_000, 30_000, 1 }) _publisher.Cuts.Enqueue(length);
        await FetchAsync(Plain());
        Assert.Equal(_content, Fetched());
        Assert.Equal(["a.json.gz", "a.json.gz bytes=50000-", "a.json.gz bytes=80000-", "a.json.gz bytes=80001-"], _publisher.Requests);
        Assert.Equal(3, _reports.All.Count(report => report.Trouble is not null));
    }

    [Fact]
    public async Task More_cuts_than_retries_do_no_harm_as_long_as_bytes_arrive()
    {
        for (var n = 0; n < 9; n++) _publisher.Cuts.Enqueue(1000);
        await FetchAsync(Plain());
        Assert.Equal(_content, Fetched());
    }

    [Fact]
    public async Task A_later_run_goes_on_where_an_earlier_one_gave_up()
    {
        _publisher.Cuts.Enqueue(70_000);
        for (var n = 0; n < 8; n++) _publisher.Cuts.Enqueue(0);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain()));
        Assert.Contains("it goes on where it stopped", fault.Message);
        Assert.Equal("a.json.gz.unverified.partial", FileNames()[0]);
        Assert.Null(FetchRecord.Find(_folder.Root));

        _publisher.Cuts.Clear();
        await FetchAsync(Plain());
        Assert.Equal("a.json.gz bytes=70000-", _publisher.Requests.Last());
        Assert.Equal(_content, Fetched());
    }

    [Theory]
    [InlineData("\"v2\"")]
    [InlineData(null)]
    public async Task A_file_that_changed_meanwhile_is_fetched_from_its_beginning(string? tag)
    {
        await LeavePartAsync();
        _publisher.Files["a.json.gz"] = [.. _content.Reverse()];
        _publisher.Tag = tag;
        await FetchAsync(Plain());
        Assert.Equal(_content.Reverse(), Fetched());
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task Without_a_strong_tag_a_part_is_not_continued(string? tag)
    {
        _publisher.Tag = tag;
        await LeavePartAsync();
        await FetchAsync(Plain());
        Assert.All(_publisher.Requests, request => Assert.Equal("a.json.gz", request));
        Assert.Equal(_content, Fetched());
    }

    [Fact]
    public async Task A_part_that_is_the_whole_needs_only_its_name()
    {
        await LeavePartAsync();
        File.WriteAllBytes(_folder["a.json.gz.unverified.partial"], _content);
        await FetchAsync(Plain());
        Assert.Equal("a.json.gz bytes=200000-", _publisher.Requests.Last());
        Assert.Equal(_content, Fetched());
    }

    [Fact]
    public async Task A_part_longer_than_the_file_is_thrown_away()
    {
        await LeavePartAsync();
        File.WriteAllBytes(_folder["a.json.gz.unverified.partial"], [.. _content, 1]);
        await FetchAsync(Plain());
        Assert.Equal(_content, Fetched());
    }

    [Theory]
    [InlineData("MD5 (a.json.gz) = {0}\n")]
    [InlineData("{0}  a.json.gz\n")]
    public async Task The_publishers_checksum_is_compared(string form)
    {
        _publisher.Write("a.json.gz", Pangram);
        _publisher.Write("a.json.gz.md5", string.Format(form, PangramMd5));
        var record = await FetchAsync(WithChecksum());
        Assert.Equal(_publisher.Root + "a.json.gz.md5", Assert.Single(record.Files).VerifiedBy);
    }

    [Fact]
    public async Task A_file_of_another_hash_than_the_publishers_is_deleted()
    {
        _publisher.Write("a.json.gz", Pangram);
        _publisher.Write("a.json.gz.md5", new string('0', 32));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(WithChecksum()));
        Assert.Contains(PangramMd5, fault.Message);
        Assert.Contains(new string('0', 32), fault.Message);
        Assert.Empty(FileNames());
    }

    [Fact]
    public async Task A_checksum_that_is_none_is_refused_before_the_file_is_fetched()
    {
        _publisher.Write("a.json.gz.md5", "<html>moved</html>");
        Assert.Contains("no MD5", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(WithChecksum()))).Message);
        Assert.Equal(["a.json.gz.md5"], _publisher.Requests);
    }

    [Fact]
    public async Task What_was_fetched_is_not_fetched_again_unless_asked_and_then_must_be_the_same()
    {
        var record = await FetchAsync(Plain());
        Assert.Equivalent(record, await FetchAsync(Plain()), strict: true);
        Assert.Single(_publisher.Requests);

        Assert.Equal(record.Files, (await FetchAsync(Plain(), again: true)).Files);
        _publisher.Files["a.json.gz"] = [.. _content.Reverse()];
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain(), again: true));
        Assert.Contains(record.Files[0].Sha256, fault.Message);
        Assert.Equal(_content, Fetched());
    }

    [Fact]
    public async Task A_folder_with_another_set_is_left_alone()
    {
        await FetchAsync(Plain());
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain() with { Name = "other" }));
        Assert.Contains("holds local", fault.Message);
    }

    [Fact]
    public async Task An_overloaded_server_is_asked_again_and_a_refusal_is_not()
    {
        _publisher.Refusals.Enqueue(HttpStatusCode.ServiceUnavailable);
        _publisher.Refusals.Enqueue(HttpStatusCode.TooManyRequests);
        await FetchAsync(Plain());
        Assert.Equal(3, _publisher.Requests.Count);

        _publisher.Files.Clear();
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain(), again: true));
        Assert.Contains("404", fault.Message);
        Assert.Equal(4, _publisher.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_one_message()
    {
        var set = Plain().From(new("http://127.0.0.1:1/"));
        Assert.Contains("http://127.0.0.1:1/a.json.gz", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(set))).Message);
    }

    [Fact]
    public async Task An_archive_is_unpacked_without_its_top_folder_and_deleted()
    {
        _publisher.Files["a.zip"] = Zip(("ml/ratings.dat", "1::2::5::9\n"), ("ml/movies.dat", "2::T::G\n"), ("ml/more/x.txt", "x"), ("__MACOSX/ml/._x", ""));
        await FetchAsync(Set("a.zip"));
        Assert.Equal(["fetched.json", "movies.dat", "ratings.dat"], FileNames());
        Assert.Equal("x", File.ReadAllText(_folder["more/x.txt"]));
        Assert.Equal(1, DatasetFolder.Open(_folder.Root, seed: 1).Interactions);
    }

    [Fact]
    public async Task An_archive_that_was_fetched_but_not_unpacked_is_not_fetched_again()
    {
        File.WriteAllBytes(_folder["a.zip"], Zip(("sequences.txt", "1 2 3\n")));
        await FetchAsync(Set("a.zip"));
        Assert.Empty(_publisher.Requests);
        Assert.Equal(["fetched.json", "sequences.txt"], FileNames());
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("/tmp/tandem-outside.txt")]
    public async Task An_archive_cannot_write_outside_the_folder(string name)
    {
        _publisher.Files["a.zip"] = Zip((name, "x"), ("inside.txt", "x"));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Set("a.zip")));
        Assert.Contains("files inside the folder", fault.Message);
        Assert.False(File.Exists(Path.GetFullPath(Path.Combine(_folder.Root, name))));
    }

    [Fact]
    public async Task An_archive_that_is_none_is_refused()
    {
        _publisher.Write("a.zip", "<html>moved</html>");
        Assert.Contains("a whole zip archive", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Set("a.zip")))).Message);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_its_part()
    {
        using var cancel = new CancellationTokenSource();
        _reports.After = report => { if (report.Received > 60_000) cancel.Cancel(); };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Download().FetchAsync(Plain(), _folder.Root, again: false, cancel.Token));
        Assert.True(new FileInfo(_folder["a.json.gz.unverified.partial"]).Length > 60_000);
    }

    private async Task LeavePartAsync()
    {
        _publisher.Cuts.Enqueue(70_000);
        for (var n = 0; n < 8; n++) _publisher.Cuts.Enqueue(0);
        await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain()));
        _publisher.Cuts.Clear();
    }

    private DatasetDownload Download() => new(
        _http, new DownloadOptions { Retries = 3, RetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, _reports);

    private Task<FetchRecord> FetchAsync(PublishedDataset set, bool again = false) =>
        Download().FetchAsync(set, _folder.Root, again, TestContext.Current.CancellationToken);

    private PublishedDataset Plain() => Set("a.json.gz");

    private PublishedDataset WithChecksum() =>
        Plain() with { Files = [Plain().Files[0] with { Checksum = new(_publisher.Root, "a.json.gz.md5") }] };

    private PublishedDataset Set(string file) => new(
        "local", "content", "1 MB", "licence", _publisher.Root, [new(new(_publisher.Root, file), file)]);

    private byte[] Fetched() => File.ReadAllBytes(_folder["a.json.gz"]);

    private string[] FileNames() => [.. Directory.EnumerateFiles(_folder.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return bytes.ToArray();
    }

    private sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public Action<DownloadProgress>? After { get; set; }

        public void Report(DownloadProgress value)
        {
            All.Add(value);
            After?.Invoke(value);
        }
    }
}
