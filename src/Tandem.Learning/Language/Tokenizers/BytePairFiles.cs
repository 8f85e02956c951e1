using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Learning.Language.Checkpoints;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>What the files of a byte-level BPE say.</summary>
/// <param name="Vocabulary">Token → number, bytes written as GPT-2's letters.</param>
/// <param name="Merges">Pairs in the order of their learning, parted by a blank.</param>
/// <param name="Added">Tokens that are known whole within a text, with their numbers.</param>
/// <param name="Pattern">Splits a text into words.</param>
/// <param name="IsComposed">Whether texts are brought to Unicode's normal form C first.</param>
internal sealed partial record BytePairFiles(
    IReadOnlyDictionary<string, int> Vocabulary, IReadOnlyList<string> Merges, IReadOnlyDictionary<string, int> Added, Regex Pattern,
    bool IsComposed)
{
    private const string Whole = "tokenizer.json", Words = "vocab.json", Pairs = "merges.txt", Config = "tokenizer_config.json";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10); // a pattern of a foreign file may be of any kind

    /// <summary>Those of a folder; null where it has none.</summary>
    /// <exception cref="CheckpointFolderException">A file is damaged, or its tokenizer is of another kind.</exception>
    public static BytePairFiles? Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, Whole))) return OfWhole(Path.Combine(folder, Whole));
        return File.Exists(Path.Combine(folder, Words)) && File.Exists(Path.Combine(folder, Pairs)) ? OfParts(folder) : null;
    }

    private static BytePairFiles OfParts(string folder)
    {
        var path = Path.Combine(folder, Words);
        using var words = JsonFile.Read(path);
        var (added, isQwen) = OfConfig(Path.Combine(folder, Config));
        return Guarded(path, () => new BytePairFiles(
            Numbers(words.RootElement),
            [
                .. File.ReadLines(Path.Combine(folder, Pairs))
                    .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)),
            ],
            added, isQwen ? QwenPattern() : Gpt2Pattern(), isQwen));
    }

    /// <summary>Added tokens, and whether it is Qwen's kind: its pattern stands in its program alone.</summary>
    private static (IReadOnlyDictionary<string, int> Added, bool IsQwen) OfConfig(string path)
    {
        if (!File.Exists(path)) return (new Dictionary<string, int>(), false);
        using var config = JsonFile.Read(path);
        return Guarded(path, () =>
        {
            var root = config.RootElement;
            var added = new Dictionary<string, int>(StringComparer.Ordinal);
            if (root.TryGetProperty("added_tokens_decoder", out var tokens))
            {
                foreach (var token in tokens.EnumerateObject())
                    added[token.Value.GetProperty("content").GetString()!] = int.Parse(token.Name, CultureInfo.InvariantCulture);
            }

            var kind = root.TryGetProperty("tokenizer_class", out var name) ? name.GetString() : null;
            return (added, kind?.StartsWith("Qwen2", StringComparison.Ordinal) == true);
        });
    }

    private static BytePairFiles OfWhole(string path)
    {
        using var file = JsonFile.Read(path);
        return Guarded(path, () =>
        {
            var root = file.RootElement;
            var model = root.GetProperty("model");
            if (model.GetProperty("type").GetString() != "BPE") throw new InvalidOperationException("its model is not BPE");
            var splitting = Splitting(root.GetProperty("pre_tokenizer"));
            if (!splitting.Any(part => part.GetProperty("type").GetString() == "ByteLevel"))
                throw new InvalidOperationException("it is not byte-level");
            var pattern = splitting.Where(part => part.GetProperty("type").GetString() == "Split")
                .Select(part => part.GetProperty("pattern").GetProperty("Regex").GetString()).FirstOrDefault();
            var normalizer = root.TryGetProperty("normalizer", out var n) && n.ValueKind == JsonValueKind.Object
                ? n.GetProperty("type").GetString()
                : null;
            if (normalizer is not (null or "NFC")) throw new InvalidOperationException($"its normalizer {normalizer} is not known");
            return new BytePairFiles(
                Numbers(model.GetProperty("vocab")), [.. model.GetProperty("merges").EnumerateArray().Select(Pair)],
                root.GetProperty("added_tokens").EnumerateArray().ToDictionary(
                    token => token.GetProperty("content").GetString()!, token => token.GetProperty("id").GetInt32()),
                pattern is null ? Gpt2Pattern() : new Regex(pattern, RegexOptions.None, _patience), normalizer is not null);
        });
    }

    private static JsonElement[] Splitting(JsonElement preTokenizer) =>
        preTokenizer.GetProperty("type").GetString() == "Sequence"
            ? [.. preTokenizer.GetProperty("pretokenizers").EnumerateArray()]
            : [preTokenizer];

    /// <summary>Newer files write a pair as a list of two.</summary>
    private static string Pair(JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array ? $"{pair[0].GetString()} {pair[1].GetString()}" : pair.GetString()!;

    private static Dictionary<string, int> Numbers(JsonElement words) =>
        words.EnumerateObject().ToDictionary(word => word.Name, word => word.Value.GetInt32(), StringComparer.Ordinal);

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            or IndexOutOfRangeException)
        {
            throw new CheckpointFolderException($"{path}: no byte-level BPE as Hugging Face's libraries write it: {e.Message}");
        }
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Gpt2Pattern();

    [GeneratedRegex(
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex QwenPattern();
}
