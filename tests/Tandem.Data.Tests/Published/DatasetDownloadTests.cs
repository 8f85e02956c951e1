using System.Security.Cryptography;
using Tandem.Data.Published;

namespace Tandem.Data.Tests.Published;

public sealed class DatasetDownloadTests : DownloadContext
{
    private const string Pangram = "The quick brown fox jumps over the lazy dog";
    private const string PangramMd5 = "9e107d9d372bb6826bd81d3542a419d6";

    [Fact]
    public async Task A_file_without_a_checksum_is_trusted_on_first_use_and_recorded()
    {
        var record = await FetchAsync(Plain());
        var file = Assert.Single(record.Files);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Content)), file.Sha256);
        Assert.Equal((200_000, "trust on first use"), (file.SizeBytes, file.VerifiedBy));
        Assert.Equal(Content, Fetched());
        Assert.Equivalent(record, FetchRecord.Find(Folder.Root), strict: true);
        Assert.Equal(["a.json.gz", "fetched.json"], FileNames());
        Assert.Equal(new DownloadProgress("a.json.gz", 200_000, 200_000), Reports.All[^1]);
    }

    [Theory]
    [InlineData("MD5 (a.json.gz) = {0}\n")]
    [InlineData("{0}  a.json.gz\n")]
    public async Task The_publishers_checksum_is_compared(string form)
    {
        Publisher.Write("a.json.gz", Pangram);
        Publisher.Write("a.json.gz.md5", string.Format(form, PangramMd5));
        var record = await FetchAsync(WithChecksum());
        Assert.Equal(Publisher.Root + "a.json.gz.md5", Assert.Single(record.Files).VerifiedBy);
    }

    [Fact]
    public async Task A_file_of_another_hash_than_the_publishers_is_deleted()
    {
        Publisher.Write("a.json.gz", Pangram);
        Publisher.Write("a.json.gz.md5", new string('0', 32));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(WithChecksum()));
        Assert.Contains(PangramMd5, fault.Message);
        Assert.Contains(new string('0', 32), fault.Message);
        Assert.Empty(FileNames());
    }

    [Fact]
    public async Task A_checksum_that_is_none_is_refused_before_the_file_is_fetched()
    {
        Publisher.Write("a.json.gz.md5", "<html>moved</html>");
        Assert.Contains("no MD5", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(WithChecksum()))).Message);
        Assert.Equal(["a.json.gz.md5"], Publisher.Requests);
    }

    [Fact]
    public async Task What_was_fetched_is_not_fetched_again_unless_asked_and_then_must_be_the_same()
    {
        var record = await FetchAsync(Plain());
        Assert.Equivalent(record, await FetchAsync(Plain()), strict: true);
        Assert.Single(Publisher.Requests);

        Assert.Equal(record.Files, (await FetchAsync(Plain(), again: true)).Files);
        Publisher.Files["a.json.gz"] = [.. Content.Reverse()];
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain(), again: true));
        Assert.Contains(record.Files[0].Sha256, fault.Message);
        Assert.Equal(Content, Fetched());
    }

    [Fact]
    public async Task A_folder_with_another_set_is_left_alone()
    {
        await FetchAsync(Plain());
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Plain() with { Name = "other" }));
        Assert.Contains("holds local", fault.Message);
    }
}
