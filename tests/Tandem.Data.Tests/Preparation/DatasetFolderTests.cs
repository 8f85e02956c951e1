using System.Text.RegularExpressions;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Preparation;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again()
    {
        var written = Sample();
        DatasetFolder.Write(written, _folder.Root);
        var read = DatasetFolder.Read(_folder.Root);

        Assert.Equal(written.Hash, read.Hash);
        Assert.Equal(written.Catalog.Version, read.Catalog.Version);
        Assert.Equal((written.Name, written.Source, written.Seed, written.HasTimes), (read.Name, read.Source, read.Seed, read.HasTimes));
        Assert.Equal(written.UserKeys, read.UserKeys);
        for (var user = 0; user < written.Users; user++)
        {
            Assert.Equal(written.Sequence(user), read.Sequence(user));
            Assert.Equal(written.Times(user), read.Times(user));
            Assert.Equal(written.Values(user), read.Values(user));
        }
        for (var id = 1; id <= written.Catalog.Count; id++)
            Assert.Equivalent(written.Catalog[id], read.Catalog[id], strict: true);
    }

    [Fact]
    public void The_filters_used_are_recorded()
    {
        var options = new PreparationOptions { MinUserEvents = 1, MinItemEvents = 1, MinValue = 0.5f, Duplicates = DuplicateRule.Last };
        DatasetFolder.Write(DatasetPreparation.Prepare(new ListSource([new("u", "a", 1, 1)]), seed: 1, options), _folder.Root);
        Assert.Equal(options, DatasetFolder.Read(_folder.Root).Preparation);
        Assert.Contains("\"minValue\": 0.5", File.ReadAllText(_folder["dataset.json"]));
    }

    [Fact]
    public void A_manifest_of_a_time_without_filters_is_read()
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        var manifest = File.ReadAllText(_folder["dataset.json"]);
        File.WriteAllText(_folder["dataset.json"], Regex.Replace(manifest, "\"preparation\": {[^}]*},", ""));
        Assert.NotEqual(manifest, File.ReadAllText(_folder["dataset.json"]));
        Assert.True(DatasetFolder.Read(_folder.Root).Preparation.KeepsAll);
    }

    [Fact]
    public void Where_all_values_are_1_none_are_kept()
    {
        var written = ListSource.DatasetOf(3, 4);
        DatasetFolder.Write(written, _folder.Root);
        var read = DatasetFolder.Read(_folder.Root);
        Assert.False(read.HasValues);
        Assert.True(read.Values(1).IsEmpty);
        Assert.Equal(written.Hash, read.Hash);

        var manifest = File.ReadAllText(_folder["dataset.json"]);
        File.WriteAllText(_folder["dataset.json"], manifest.Replace("\"hasValues\": false,", "")); // as before there were any
        Assert.NotEqual(manifest, File.ReadAllText(_folder["dataset.json"]));
        Assert.Equal(written.Hash, DatasetFolder.Read(_folder.Root).Hash);
    }

    [Fact]
    public void A_second_write_replaces_the_first()
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        var other = ListSource.DatasetOf(3, 4);
        DatasetFolder.Write(other, _folder.Root);
        Assert.Equal(other.Hash, DatasetFolder.Read(_folder.Root).Hash);
    }

    [Fact]
    public void A_write_that_fails_midway_keeps_the_data_set_that_was_there()
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        Directory.CreateDirectory(_folder[".dataset.unfinished/users.parquet"]); // left behind, and cleared away
        DatasetFolder.Write(ListSource.DatasetOf(3, 4), _folder.Root);
        Assert.Equal(["dataset.json", "interactions.parquet", "items.parquet", "users.parquet"],
            Directory.GetFileSystemEntries(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        DatasetFolder.Write(Sample(), _folder.Root);
        Directory.CreateDirectory(_folder[".dataset.unfinished"]);
        File.WriteAllText(_folder[".dataset.unfinished/interactions.parquet"], "half");
        Assert.Equal(Sample().Hash, DatasetFolder.Read(_folder.Root).Hash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_data_set_that_was_not_written_to_its_end_is_refused_and_can_be_written_again(int moved)
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        Directory.CreateDirectory(_folder[".dataset.unfinished"]);
        foreach (var file in ((string[])["interactions.parquet", "users.parquet", "items.parquet", "dataset.json"])[moved..])
            File.Move(_folder[file], _folder[$".dataset.unfinished/{file}"]);
        Assert.Contains("was not written to its end", Assert.Throws<DatasetException>(() => DatasetFolder.Open(_folder.Root, 1)).Message);
        Assert.Contains("was not written to its end", Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root)).Message);
        Assert.Contains(
            "was not written to its end", Assert.Throws<DatasetException>(() => DatasetFolder.SourceOf(_folder.Root, new())).Message);

        DatasetFolder.Write(Sample(), _folder.Root);
        Assert.Equal(Sample().Hash, DatasetFolder.Open(_folder.Root, 1).Hash);
    }

    [Fact]
    public void A_raw_folder_is_cut_down_to_the_core_asked_for_and_a_prepared_one_must_have_it()
    {
        File.WriteAllText(_folder["interactions.txt"], "1 10\n1 11\n1 12\n2 10\n2 11\n2 13\n3 14\n");
        var all = DatasetFolder.Open(_folder.Root, seed: 1);
        Assert.Equal((3, 5, 7), (all.Users, all.Catalog.Count, all.Interactions));
        var core = DatasetFolder.Open(_folder.Root, seed: 1, core: 2);
        Assert.Equal((2, 2, 4), (core.Users, core.Catalog.Count, core.Interactions));

        DatasetFolder.Write(core, _folder["prepared"]);
        Assert.Equal(core.Hash, DatasetFolder.Open(_folder["prepared"], seed: 1, core: 2).Hash);
        var e = Assert.Throws<DatasetException>(() => DatasetFolder.Open(_folder["prepared"], seed: 1, core: 3));
        Assert.Contains("a core of 2 events", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prepared_folder_keeps_its_seed()
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        Assert.Equal(Sample().Seed, DatasetFolder.Open(_folder.Root, seed: 99).Seed);
    }

    [Fact]
    public void A_raw_folder_is_prepared_with_the_seed()
    {
        _folder.Write("sequences.txt", "1 5 6 7\n2 6 5\n");
        var dataset = DatasetFolder.Open(_folder.Root, seed: 99);
        Assert.Equal((2, 3, 5, 99), (dataset.Users, dataset.Catalog.Count, dataset.Interactions, dataset.Seed));
    }

    [Fact]
    public void An_unknown_folder_is_refused_with_the_layouts_known()
    {
        _folder.Write("notes.txt", "");
        var unknown = Assert.Throws<DatasetException>(() => DatasetFolder.Open(_folder.Root, 1));
        Assert.Contains("no known layout", unknown.Message);
        Assert.Contains(SourceLayout.Known, unknown.Message);

        var file = Assert.Throws<DatasetException>(() => DatasetFolder.Open(_folder["notes.txt"], 1));
        Assert.Contains("notes.txt: is a file; expected a folder; give the folder in which it lies", file.Message);
        Assert.Contains("is a file", Assert.Throws<DatasetException>(() => DatasetFolder.Write(Sample(), _folder["notes.txt"])).Message);

        var missing = Assert.Throws<DatasetException>(() => DatasetFolder.Open(Path.Combine(_folder.Root, "none"), 1));
        Assert.Contains("no such folder", missing.Message);
        Assert.Contains(SourceLayout.Known, missing.Message);
    }

    [Fact]
    public void A_folder_without_its_manifest_is_no_data_set()
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        File.Delete(Path.Combine(_folder.Root, "dataset.json"));
        Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root));
        Assert.Throws<DatasetException>(() => DatasetFolder.Open(_folder.Root, 1));
    }

    [Theory]
    [InlineData("\"hash\": \"", "\"hash\": \"0", "content hash")]
    [InlineData("\"catalogVersion\": \"", "\"catalogVersion\": \"0", "catalog version")]
    [InlineData("\"format\": 1", "\"format\": 2", "format 2")]
    [InlineData("\"interactions\": ", "\"interactions\": 1", "as the manifest says")]
    [InlineData("\"users\": ", "\"users\": 1", "as the manifest says")]
    [InlineData("\"items\": ", "\"items\": 1", "as the manifest says")]
    [InlineData("users.parquet", "user.parquet", "users.parquet")]
    [InlineData("\"name\":", "\"title\":", "name")]
    [InlineData("{", "", "dataset.json")]
    public void A_manifest_that_does_not_fit_is_refused(string from, string to, string fault)
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        var path = Path.Combine(_folder.Root, "dataset.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(fault, Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root)).Message);
    }

    [Theory]
    [InlineData("interactions.parquet")]
    [InlineData("users.parquet")]
    [InlineData("items.parquet")]
    public void A_table_that_is_missing_damaged_or_cut_short_is_refused(string file)
    {
        DatasetFolder.Write(Sample(), _folder.Root);
        var path = Path.Combine(_folder.Root, file);
        var bytes = File.ReadAllBytes(path);

        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Contains("SHA-256", Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root)).Message);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("SHA-256", Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root)).Message);
        File.Delete(path);
        Assert.Contains(file, Assert.Throws<DatasetException>(() => DatasetFolder.Read(_folder.Root)).Message);
    }

    [Fact]
    public void A_category_that_the_table_cannot_hold_is_refused()
    {
        var dataset = DatasetPreparation.Prepare(
            new ListSource([new("u", "a", 1, 1)], new ItemDescription("a", null, ["this|that"], null)), seed: 1);
        Assert.Contains("this|that", Assert.Throws<DatasetException>(() => DatasetFolder.Write(dataset, _folder.Root)).Message);
    }

    private static SequenceDataset Sample() => DatasetPreparation.Prepare(
        new ListSource(
            [new("u", "a", 7, 1), new("u", "b", 8, -2.5f), new("v", "c", 1, 1), new("v", "a", 1_700_000_000, 1)],
            new ItemDescription("a", "Tïtle", ["One", "Two & three"], [1, 20, 255]),
            new ItemDescription("b", null, [], null)),
        seed: 5);
}
