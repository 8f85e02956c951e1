using System.Net;
using Tandem.Data.Published;

namespace Tandem.Data.Tests.Published;

public sealed class ResumableDownloadTests : DownloadContext
{
    [Fact]
    public async Task A_connection_that_is_cut_goes_on_where_it_stopped()
    {
        foreach (var length in new[] { 50_000, 30_000, 1 }) Publisher.Cuts.Enqueue(length);
        await FetchAsync(Plain());
        Assert.Equal(Content, Fetched());
        Assert.Equal(["a.json.gz", "a.json.gz bytes=50000-", "a.json.gz bytes=80000-", "a.json.gz bytes=80001-"], Publisher.Requests);
        Assert.Equal(3, Reports.All.Count(report => report.Trouble is not null));
    }

    [Fact]
    public async Task More_cuts_than_retries_do_no_harm_as_long_as_bytes_arrive()
    {
        for (var n = 0; n < 9; n++) Publisher.Cuts.Enqueue(1000);
        await FetchAsync(Plain());
        Assert.Equal(Content, Fetched());
    }

    [Fact]
    public async Task A_later_run_goes_on_where_an_earlier_one_gave_up()
    {
        Publisher.Cuts.Enqueue(70_000);
        for (var n = 0; n < 8; n++) Publisher.Cuts.Enqueue(0);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain()));
        Assert.Contains("it goes on where it stopped", fault.Message);
        Assert.Equal("a.json.gz.unverified.partial", FileNames()[0]);
        Assert.Null(FetchRecord.Find(Folder.Root));

        Publisher.Cuts.Clear();
        await FetchAsync(Plain());
        Assert.Equal("a.json.gz bytes=70000-", Publisher.Requests.Last());
        Assert.Equal(Content, Fetched());
    }

    [Theory]
    [InlineData("\"v2\"")]
    [InlineData(null)]
    public async Task A_file_that_changed_meanwhile_is_fetched_from_its_beginning(string? tag)
    {
        await LeavePartAsync();
        Publisher.Files["a.json.gz"] = [.. Content.Reverse()];
        Publisher.Tag = tag;
        await FetchAsync(Plain());
        Assert.Equal(Content.Reverse(), Fetched());
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task Without_a_strong_tag_a_part_is_not_continued(string? tag)
    {
        Publisher.Tag = tag;
        await LeavePartAsync();
        await FetchAsync(Plain());
        Assert.All(Publisher.Requests, request => Assert.Equal("a.json.gz", request));
        Assert.Equal(Content, Fetched());
    }

    [Fact]
    public async Task A_part_that_is_the_whole_needs_only_its_name()
    {
        await LeavePartAsync();
        File.WriteAllBytes(Folder["a.json.gz.unverified.partial"], Content);
        await FetchAsync(Plain());
        Assert.Equal("a.json.gz bytes=200000-", Publisher.Requests.Last());
        Assert.Equal(Content, Fetched());
    }

    [Fact]
    public async Task A_part_longer_than_the_file_is_thrown_away()
    {
        await LeavePartAsync();
        File.WriteAllBytes(Folder["a.json.gz.unverified.partial"], [.. Content, 1]);
        await FetchAsync(Plain());
        Assert.Equal(Content, Fetched());
    }

    [Fact]
    public async Task An_overloaded_server_is_asked_again_and_a_refusal_is_not()
    {
        Publisher.Refusals.Enqueue(HttpStatusCode.ServiceUnavailable);
        Publisher.Refusals.Enqueue(HttpStatusCode.TooManyRequests);
        await FetchAsync(Plain());
        Assert.Equal(3, Publisher.Requests.Count);

        Publisher.Files.Clear();
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain(), again: true));
        Assert.Contains("404", fault.Message);
        Assert.Equal(4, Publisher.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_one_message()
    {
        var set = Plain().From(new("http://127.0.0.1:1/"));
        Assert.Contains("http://127.0.0.1:1/a.json.gz", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(set))).Message);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_its_part()
    {
        using var cancel = new CancellationTokenSource();
        Reports.After = report => { if (report.Received > 60_000) cancel.Cancel(); };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Download().FetchAsync(Plain(), Folder.Root, again: false, cancel.Token));
        Assert.True(new FileInfo(Folder["a.json.gz.unverified.partial"]).Length > 60_000);
    }
}
