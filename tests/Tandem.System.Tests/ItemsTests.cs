using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class ItemsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Titles_are_encoded_once_and_kept_beside_the_data()
    {
        var data = WriteTitles("red nail polish", "blue nail polish", "hair dryer", "", "hair dryer");
        var file = Path.Combine(data, "vectors-tfidf.safetensors");
        var first = TandemProcess.Run("items", "embed", "--data", data, "--encoder", "tfidf", "--json").Json;
        Assert.Equal("tfidf", first.GetProperty("encoder").GetString());
        Assert.Equal(
            (5, 4, 3, 3), (Number("items"), Number("withText"), Number("distinctTexts"), Number("embedded")));
        Assert.Equal(3, Number("width"));
        Assert.True(first.GetProperty("titlesPerSecond").GetDouble() > 0);
        Assert.Equal(file, first.GetProperty("file").GetString());
        Assert.True(File.Exists(file));

        var second = TandemProcess.Run("items", "embed", "--data", data, "--encoder", "tfidf", "--json", "--seed", "2").Json;
        Assert.Equal(0, second.GetProperty("embedded").GetInt32()); // items are numbered otherwise, and the texts are the same

        int Number(string name) => first.GetProperty(name).GetInt32();
    }

    [Fact]
    public void The_command_line_knows_the_pretrained_encoders()
    {
        var data = WriteTitles("red nail polish", "blue nail polish", "hair dryer");
        var result = TandemProcess.Run("items", "embed", "--data", data, "--out", _folder["v.safetensors"], "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(("minilm", 384), (result.Json.GetProperty("encoder").GetString(), result.Json.GetProperty("width").GetInt32()));
        var bench = TandemProcess.Run("bench", "language", "--data", data, "--encoder", "arctic", "--json");
        Assert.True(bench.Json.GetProperty("titlesPerSecond").GetDouble() > 0);
    }

    [Fact]
    public void An_unknown_encoder_is_answered_with_those_there_are()
    {
        var line = TandemProcess.Run("items", "embed", "--data", "x", "--encoder", "word2vec").RefusedWith();
        Assert.Contains("expected one of: tfidf, minilm, arctic", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_a_BERT_is_an_encoder()
    {
        var data = WriteTitles("red nail polish", "blue nail polish", "hair dryer");
        WrittenBert.Write(_folder["model"]);
        var first = TandemProcess.Run("items", "embed", "--data", data, "--encoder", _folder["model"], "--json").Json;
        Assert.Equal((3, 8), (first.GetProperty("embedded").GetInt32(), first.GetProperty("width").GetInt32()));
        Assert.Matches("vectors-bert-[0-9a-f]{12}\\.safetensors$", first.GetProperty("file").GetString());
        Directory.Move(_folder["model"], _folder["moved"]);
        var second = TandemProcess.Run("items", "embed", "--data", data, "--encoder", _folder["moved"] + "/", "--json").Json;
        Assert.Equal(0, second.GetProperty("embedded").GetInt32());
        var line = TandemProcess.Run("items", "embed", "--data", data, "--encoder", _folder["model"]).RefusedWith();
        Assert.Contains("there is no such folder", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_any_text_is_told_so()
    {
        var line = TandemProcess.Run("items", "embed", "--data", _folder.WriteRing(), "--encoder", "tfidf").RefusedWith();
        Assert.Contains("none of the 40 items has a title", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_of_vectors_is_told_so_and_left_as_it_is()
    {
        var data = WriteTitles("red nail polish", "hair dryer");
        var file = Path.Combine(data, "vectors-tfidf.safetensors");
        Assert.Equal(0, TandemProcess.Run("items", "embed", "--data", data, "--encoder", "tfidf").ExitCode);
        var bytes = File.ReadAllBytes(file);
        bytes[^3] ^= 4;
        File.WriteAllBytes(file, bytes);
        var line = TandemProcess.Run("items", "embed", "--data", data, "--encoder", "tfidf").RefusedWith();
        Assert.Contains($"{file}: the checksum is not that of the content", line, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_told_with_the_way_out()
    {
        var data = WriteTitles("red nail polish", "hair dryer");
        var line = TandemProcess.Run(
            "items", "embed", "--data", data, "--encoder", "tfidf", "--out", _folder["nowhere/v.safetensors"]).RefusedWith();
        Assert.Contains("cannot be kept there", line, StringComparison.Ordinal);
        Assert.Contains("--out", line, StringComparison.Ordinal);
    }

    /// <summary>A raw folder of items with titles, which three users have all.</summary>
    private string WriteTitles(params string[] titles)
    {
        var raw = Directory.CreateDirectory(_folder["titles"]).FullName;
        var items = string.Join(' ', Enumerable.Range(1, titles.Length));
        File.WriteAllLines(Path.Combine(raw, "sequences.txt"), Enumerable.Range(1, 3).Select(user => $"{user} {items}"));
        File.WriteAllLines(
            Path.Combine(raw, "items.tsv"), titles.Select((title, i) => $"{i + 1}\t{title}\t").Prepend("item\ttitle\tcategories"));
        return raw;
    }
}
