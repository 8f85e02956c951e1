using System.IO.Compression;
using System.Text;
using Tandem.Data.Preparation;

namespace Tandem.Data.Tests.Published;

public sealed class ArchiveTests : DownloadContext
{
    [Fact]
    public async Task An_archive_is_unpacked_without_its_top_folder_and_deleted()
    {
        Publisher.Files["a.zip"] = Zip(
            ("ml/ratings.dat", "1::2::5::9\n"), ("ml/movies.dat", "2::T::G\n"), ("ml/more/x.txt", "x"), ("__MACOSX/ml/._x", ""));
        await FetchAsync(Set("a.zip"));
        Assert.Equal(["fetched.json", "movies.dat", "ratings.dat"], FileNames());
        Assert.Equal("x", File.ReadAllText(Folder["more/x.txt"]));
        Assert.Equal(1, DatasetFolder.Open(Folder.Root, seed: 1).Interactions);
    }

    [Fact]
    public async Task An_archive_that_was_fetched_but_not_unpacked_is_not_fetched_again()
    {
        File.WriteAllBytes(Folder["a.zip"], Zip(("sequences.txt", "1 2 3\n")));
        await FetchAsync(Set("a.zip"));
        Assert.Empty(Publisher.Requests);
        Assert.Equal(["fetched.json", "sequences.txt"], FileNames());
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("/tmp/tandem-outside.txt")]
    public async Task An_archive_cannot_write_outside_the_folder(string name)
    {
        Publisher.Files["a.zip"] = Zip((name, "x"), ("inside.txt", "x"));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Set("a.zip")));
        Assert.Contains("files inside the folder", fault.Message);
        Assert.False(File.Exists(Path.GetFullPath(Path.Combine(Folder.Root, name))));
    }

    [Fact]
    public async Task An_archive_that_is_none_is_refused()
    {
        Publisher.Write("a.zip", "<html>moved</html>");
        Assert.Contains("a whole zip archive", (await Assert.ThrowsAsync<DatasetException>(() => FetchAsync(Set("a.zip")))).Message);
    }

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
}
