using Tandem.Data.Published;
using Tandem.Tests;

namespace Tandem.Data.Tests.Published;

/// <summary>A publisher, an empty folder and a set of one file of 200,000 random bytes.</summary>
public abstract class DownloadContext : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected LocalPublisher Publisher { get; } = new();

    private protected HttpClient Http { get; } = new();

    private protected ReportList Reports { get; } = new();

    private protected byte[] Content { get; } = new byte[200_000];

    protected DownloadContext()
    {
        NamedSeed.Create(1, "content").NextBytes(Content);
        Publisher.Files["a.json.gz"] = Content;
    }

    public void Dispose()
    {
        Http.Dispose();
        Publisher.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task LeavePartAsync()
    {
        Publisher.Cuts.Enqueue(70_000);
        for (var n = 0; n < 8; n++) Publisher.Cuts.Enqueue(0);
        await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain()));
        Publisher.Cuts.Clear();
    }

    private protected DatasetDownload Download() => new(
        Http, new DownloadOptions { Retries = 3, RetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, Reports);

    private protected Task<FetchRecord> FetchAsync(PublishedDataset set, bool again = false) =>
        Download().FetchAsync(set, Folder.Root, again, TestContext.Current.CancellationToken);

    private protected PublishedDataset Plain() => Set("a.json.gz");

    private protected PublishedDataset WithChecksum() =>
        Plain() with { Files = [Plain().Files[0] with { Checksum = new(Publisher.Root, "a.json.gz.md5") }] };

    private protected PublishedDataset Set(string file) => new(
        "local", "content", "1 MB", "licence", Publisher.Root, [new(new(Publisher.Root, file), file)]);

    private protected byte[] Fetched() => File.ReadAllBytes(Folder["a.json.gz"]);

    private protected string[] FileNames() =>
        [.. Directory.EnumerateFiles(Folder.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private protected sealed class ReportList : IProgress<DownloadProgress>
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
