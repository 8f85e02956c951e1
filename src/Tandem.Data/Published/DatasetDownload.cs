using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Tandem.Data.Published;

/// <summary>Brings a published data set into a folder: fetched, compared with the publisher's checksum, unpacked, recorded.</summary>
/// <param name="http">Connections to the publisher.</param>
/// <param name="options">How patient to be.</param>
/// <param name="time">Dates the record.</param>
/// <param name="progress">Told of every piece that arrives.</param>
public sealed partial class DatasetDownload(
    HttpClient http, DownloadOptions options, TimeProvider time, IProgress<DownloadProgress>? progress = null)
{
    private const string Unverified = ".unverified";

    private readonly ResumableDownload _download = new(http, options, progress);

    /// <summary>
    /// Fetches what is not there yet. A folder with a record of the same set is left as it is, unless <paramref name="again"/>: then every
    /// file is fetched anew and must have the hash recorded, because a file without a published checksum is trusted on first use only.
    /// </summary>
    /// <exception cref="DatasetException">
    /// The server refuses, a file's hash is another than published or recorded, an archive is damaged, or the folder holds another set.
    /// </exception>
    public async Task<FetchRecord> FetchAsync(PublishedDataset dataset, string folder, bool again, CancellationToken cancel)
    {
        var known = FetchRecord.Find(folder);
        if (known is not null && known.Name != dataset.Name)
        {
            throw new DatasetException(
                $"holds {known.Name}", folder, $"an empty folder, or one with {dataset.Name}", "name another folder");
        }

        if (known is not null && !again) return known;

        Directory.CreateDirectory(folder);
        var files = new List<FetchedFile>();
        foreach (var file in dataset.Files)
            files.Add(await FetchAsync(file, folder, known, cancel));
        foreach (var file in dataset.Files.Where(file => file.IsArchive))
            Archive.Unpack(Path.Combine(folder, file.Name), folder);
        var record = new FetchRecord
        {
            Name = dataset.Name,
            Licence = dataset.Licence,
            Page = dataset.Page,
            FetchedAt = time.GetUtcNow(),
            Files = files,
        };
        record.Write(folder);
        // Only now: a run that is cut off before finds its archive again.
        foreach (var file in dataset.Files.Where(file => file.IsArchive))
            File.Delete(Path.Combine(folder, file.Name));
        return record;
    }

    private async Task<FetchedFile> FetchAsync(PublishedFile file, string folder, FetchRecord? known, CancellationToken cancel)
    {
        var path = Path.Combine(folder, file.Name);
        var checksum = file.Checksum is { } address ? Md5In(await _download.ReadTextAsync(address, cancel), address) : null;
        if (known is not null || !File.Exists(path)) await _download.FetchAsync(file.Url, path + Unverified, file.Name, cancel);
        else File.Move(path, path + Unverified, overwrite: true);

        var (sha256, md5) = await HashAsync(path + Unverified, cancel);
        if (checksum is not null) RequireEqual(md5, checksum, "MD5", $"as {file.Checksum} says");
        if (known?.Files.FirstOrDefault(f => f.Name == file.Name) is { } before)
            RequireEqual(sha256, before.Sha256, "SHA-256", $"as {FetchRecord.FileName} recorded before");
        File.Move(path + Unverified, path, overwrite: true);
        return new FetchedFile(file.Name, file.Url, new FileInfo(path).Length, sha256, file.Checksum?.AbsoluteUri ?? FetchedFile.FirstUse);

        void RequireEqual(string found, string expected, string what, string origin)
        {
            if (found == expected) return;
            File.Delete(path + Unverified);
            throw new DatasetException(
                $"{what} is {found}", file.Url.AbsoluteUri, $"{expected}, {origin}",
                    "the file was deleted; fetch it again, and if it stays so do not use it");
        }
    }

    private static async Task<(string Sha256, string Md5)> HashAsync(string path, CancellationToken cancel)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await using var stream = File.OpenRead(path);
        var buffer = new byte[1 << 17];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            sha256.AppendData(buffer, 0, read);
            md5.AppendData(buffer, 0, read);
        }
        return (Convert.ToHexStringLower(sha256.GetHashAndReset()), Convert.ToHexStringLower(md5.GetHashAndReset()));
    }

    /// <summary>Publishers write <c>MD5 (name) = hash</c> or <c>hash  name</c>.</summary>
    private static string Md5In(string text, Uri address) => Md5Form().Match(text) is { Success: true } match
        ? match.Value.ToLowerInvariant()
        : throw new DatasetException(
            "no MD5 in it", address.AbsoluteUri, "32 hexadecimal digits", "look on the publisher's page whether the file has moved");

    [GeneratedRegex(@"\b[0-9a-fA-F]{32}\b")]
    private static partial Regex Md5Form();
}
