using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Learning.Language.Sentences;

/// <summary>
/// What a folder says of how texts become vectors, beside its network: <c>tokenizer_config.json</c> as Hugging Face's libraries write it,
/// and where it is of sentence-transformers <c>modules.json</c> with what that names. Without them a text is read without case, and its
/// vector is the mean of its states.
/// </summary>
internal sealed class SentenceFolder
{
    private const string Modules = "modules.json", Prompts = "config_sentence_transformers.json";
    private const string Limits = "sentence_bert_config.json", Tokens = "tokenizer_config.json", Vocabulary = "vocab.txt";

    private readonly List<string> _faults = [];
    private readonly List<string> _files = [];

    private SentenceFolder(string folder) => Network = folder;

    /// <summary>The folder of network and tokenizer.</summary>
    public string Network { get; private set; }

    public Pooling Pooling { get; private set; } = Pooling.Mean;

    /// <summary>Whether vectors are brought to length 1.</summary>
    public bool HasUnitLength { get; private set; }

    /// <summary>Tokens of a text that are read, as far as the network has positions.</summary>
    public int MostTokens { get; private set; } = int.MaxValue;

    public WordPieceOptions Words { get; private set; } = new();

    /// <summary>The words, a line each.</summary>
    public string WordsPath => Path.Combine(Network, Vocabulary);

    /// <summary>Reads the settings; weights are left on the disk.</summary>
    /// <exception cref="CheckpointFolderException">Files are missing, damaged, or say what is not known; the message lists all.</exception>
    public static SentenceFolder Read(string path)
    {
        if (!Directory.Exists(path)) throw new CheckpointFolderException($"{path}: there is no such folder; check the path");
        var folder = new SentenceFolder(path);
        folder.ReadModules(path);
        folder.ReadJson(Path.Combine(path, Prompts), config =>
        {
            if (config.Has("default_prompt_name")) config.Faults.Add("texts get a prompt before them ('default_prompt_name')");
        });
        folder.ReadTokens();
        if (!File.Exists(folder.WordsPath))
            folder._faults.Add($"{folder.WordsPath}: is missing, expected the words of a WordPiece tokenizer");
        if (folder._faults.Count > 0)
        {
            throw new CheckpointFolderException(
                $"{string.Join("; ", folder._faults)}; expected a BERT that encodes sentences in a way that this version knows");
        }

        return folder;
    }

    /// <summary>32 hexadecimal digits of all files that vectors depend on, wherever the folder lies.</summary>
    public string ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] all = [.. _files, WordsPath, Path.Combine(Network, BertConfig.FileName), .. CheckpointFolder.FilesOf(Network)];
        foreach (var path in all)
        {
            using var file = File.OpenRead(path);
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path) + "\n"));
            hash.AppendData(SHA256.HashData(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    /// <summary>The tokenizer, as far as a network reads.</summary>
    /// <exception cref="CheckpointFolderException">Its words cannot be read, or are more than the network's.</exception>
    public WordPieceText OpenTokenizer(BertOptions network)
    {
        var count = File.ReadLines(WordsPath).Count();
        if (count > network.Vocabulary)
        {
            throw new CheckpointFolderException(
                $"{WordsPath}: has {count} words, expected at most the {network.Vocabulary} of config.json; fetch the folder again");
        }

        try
        {
            using var words = File.OpenRead(WordsPath);
            return new(words, Math.Min(MostTokens, network.Positions), Words);
        }
        catch (ArgumentException e)
        {
            throw new CheckpointFolderException($"{WordsPath}: no words of a WordPiece tokenizer ({e.Message}); fetch it again");
        }
    }

    private void ReadModules(string folder)
    {
        var path = Path.Combine(folder, Modules);
        if (!File.Exists(path)) return;
        using var document = JsonFile.Read(path);
        _files.Add(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            _faults.Add($"{path}: is no list of modules");
            return;
        }

        foreach (var element in document.RootElement.EnumerateArray())
        {
            var module = new ConfigReader(element);
            var (kind, place) = (module.Text("type").Split('.')[^1], module.Text("path"));
            if (place.Length > 0 && !place.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                module.Faults.Add($"'path' is \"{place}\", expected a folder within this one");
            if (module.Faults.Count == 0) Add(kind, Path.Combine(folder, place), module);
            _faults.AddRange(module.Faults.Select(fault => $"{path}: {fault}"));
        }
    }

    private void Add(string kind, string folder, ConfigReader module)
    {
        if (kind == "Transformer") Network = folder;
        else if (kind == "Pooling") ReadJson(Path.Combine(folder, BertConfig.FileName), ReadPooling);
        else if (kind == "Normalize") HasUnitLength = true;
        else module.Faults.Add($"a module is \"{kind}\", expected Transformer, Pooling or Normalize");
    }

    /// <summary>One flag for each way, or in newer files its name.</summary>
    private void ReadPooling(ConfigReader config)
    {
        const string Mean = "pooling_mode_mean_tokens", First = "pooling_mode_cls_token";
        if (config.Has("pooling_mode"))
        {
            Pooling = config.OneOf("pooling_mode", "mean", "cls") == "cls" ? Pooling.First : Pooling.Mean;
            return;
        }

        string[] others =
        [
            "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken",
        ];
        foreach (var other in others) config.Expect(other, false);
        var isFirst = config.Flag(First, false);
        if (isFirst == config.Flag(Mean, !isFirst)) config.Faults.Add($"expected either '{Mean}' or '{First}'");
        Pooling = isFirst ? Pooling.First : Pooling.Mean;
    }

    private void ReadTokens()
    {
        var beforehand = false;
        ReadJson(Path.Combine(Network, Tokens), config =>
        {
            config.OneOf("tokenizer_class", "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "DistilBertTokenizerFast");
            Words = new()
            {
                LowerCase = config.Flag("do_lower_case", true),
                TakeOffAccents = config.Has("strip_accents") ? config.Flag("strip_accents", false) : null,
                SplitIdeographs = config.Flag("tokenize_chinese_chars", true),
            };
            Limit(config.Number("model_max_length", int.MaxValue), config); // without a limit it is 10³⁰
        });
        ReadJson(Path.Combine(Network, Limits), config =>
        {
            Limit(config.Number("max_seq_length", int.MaxValue), config);
            beforehand = config.Flag("do_lower_case", false);
        });
        // Small letters before the tokenizer sees them keep the accents that it would have kept.
        if (beforehand) Words = Words with { LowerCase = true, TakeOffAccents = Words.TakeOffAccents ?? Words.LowerCase };
    }

    private void Limit(double tokens, ConfigReader config)
    {
        if (tokens >= 2) MostTokens = (int)Math.Min(MostTokens, tokens);
        else config.Faults.Add(string.Create(CultureInfo.InvariantCulture, $"a text may have {tokens} tokens, expected 2 or more"));
    }

    private void ReadJson(string path, Action<ConfigReader> read)
    {
        if (!File.Exists(path)) return;
        using var document = JsonFile.Read(path);
        _files.Add(path);
        var config = new ConfigReader(document.RootElement);
        read(config);
        _faults.AddRange(config.Faults.Select(fault => $"{path}: {fault}"));
    }
}
