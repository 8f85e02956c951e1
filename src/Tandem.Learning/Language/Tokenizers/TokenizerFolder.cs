using ADRaffy.ENSNormalize;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Protocol;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>
/// Tokenizers in the files that come with open checkpoints: SentencePiece models (<c>spiece.model</c>, <c>tokenizer.model</c>), and
/// byte-level BPE as <c>vocab.json</c> with <c>merges.txt</c> or as <c>tokenizer.json</c>.
/// </summary>
public static class TokenizerFolder
{
    private static readonly string[] _sentencePiece = ["spiece.model", "tokenizer.model", "sentencepiece.bpe.model"];

    /// <summary>Names of files that tokenizers may have, those that this version does not read among them.</summary>
    internal static IEnumerable<string> Files =>
    [
        .. _sentencePiece, "vocab.json", "merges.txt", "vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json",
    ];

    /// <summary>Copies a tokenizer's files.</summary>
    /// <param name="from">A model's folder.</param>
    /// <param name="to">Another; files of these names are replaced.</param>
    internal static void Copy(string from, string to)
    {
        foreach (var name in Files.Where(name => File.Exists(Path.Combine(from, name))))
        {
            using var source = File.OpenRead(Path.Combine(from, name));
            DurableFile.Write(Path.Combine(to, name), source.CopyTo); // without the source's permissions, which may forbid to replace it
        }
    }

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="path">A folder with such files, or one SentencePiece model.</param>
    /// <exception cref="CheckpointFolderException">There is none that this version knows, or a file is damaged.</exception>
    public static TextTokenizer Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return SentencePiece(path);
        var model = _sentencePiece.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        if (model is not null) return SentencePiece(model);
        if (BytePairFiles.Find(path) is { } files) return BytePairs(path, files);
        throw new CheckpointFolderException(
            $"{path}: no tokenizer; expected {string.Join(", ", _sentencePiece)}, vocab.json with merges.txt, or tokenizer.json");
    }

    private static TextTokenizer SentencePiece(string path)
    {
        try
        {
            var model = new SentencePieceText(File.ReadAllBytes(path));
            return new("SentencePiece", model.Encode, model.Decode);
        }
        // Whatever a parser throws at foreign bytes; Protobuf's faults are IOExceptions.
        catch (Exception e) when (e is InvalidProtocolBufferException or not (IOException or UnauthorizedAccessException))
        {
            throw new CheckpointFolderException($"{path}: no SentencePiece model that can be read ({e.Message}); fetch it again");
        }
    }

    private static TextTokenizer BytePairs(string path, BytePairFiles files)
    {
        try
        {
            var options = new BpeOptions(files.Vocabulary)
            {
                Merges = files.Merges,
                SpecialTokens = files.Added,
                PreTokenizer = new RegexPreTokenizer(files.Pattern, files.Added),
                ByteLevel = true,
            };
            var tokenizer = BpeTokenizer.Create(options);
            // Here, for the tokenizer's own normalisers do not reach bytes, and by tables of its own, for .NET's needs ICU, which is off.
            return new(
                "byte-level BPE", text => tokenizer.EncodeToIds(files.IsComposed ? ENSNormalize.NF.NFC(text) : text),
                tokens => tokenizer.Decode(tokens) ?? "");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or InvalidDataException)
        {
            throw new CheckpointFolderException($"{path}: no byte-level BPE that can be read ({e.Message}); fetch the folder again");
        }
    }
}
