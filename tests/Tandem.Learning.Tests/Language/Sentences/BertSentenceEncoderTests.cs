using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Sentences;
using Tandem.Learning.Tests.Language.Architectures;
using Tandem.Learning.Tests.Language.Checkpoints;
using Tandem.Learning.Tests.Text;
using Tandem.Learning.Text;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Sentences;

public sealed class BertSentenceEncoderTests : IDisposable
{
    private const string Mean = """{"pooling_mode_mean_tokens":true}""";
    private const string First = """{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""";

    /// <summary>Titles by the words of the tiny network, and their tokens.</summary>
    private static readonly (string Text, int[] Tokens)[] _titles =
    [
        ("red nail polish", [2, 5, 6, 7, 3]),
        ("", [2, 3]),
        ("Hairdryers, RED", [2, 9, 10, 11, 13, 5, 3]),
        ("café 美白", [2, 15, 17, 18, 3]),
        ("purple", [2, 1, 3]),
        (string.Join(' ', Enumerable.Repeat("day", 40)), [2, .. Enumerable.Repeat(29, 14), 3]),
        ("blue nail polish 12", [2, 8, 6, 7, 25, 28, 3]),
    ];

    private readonly TinyBert _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string[]> Ways => new()
    {
        { Mean, ["Pooling"] }, { Mean, ["Pooling", "Normalize"] }, { First, ["Pooling", "Normalize"] },
        { """{"pooling_mode":"cls"}""", ["Pooling"] },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Vectors_are_pooled_and_brought_to_length_1_as_the_modules_say(string pooling, string[] modules)
    {
        _folder.Sentences(pooling, modules);
        var plain = new PlainBert(BertTests.Tiny, Values.Of(_folder.Network));
        var found = Encode(_folder.Root, new() { Threads = 2, TokenBudget = 20 }, [.. _titles.Select(title => title.Text)]);
        for (var i = 0; i < _titles.Length; i++)
        {
            var states = plain.Read(_titles[i].Tokens);
            var expected = pooling == Mean
                ? [.. Enumerable.Range(0, states[0].Length).Select(d => states.Average(state => state[d]))]
                : states[0];
            var length = modules.Length == 2 ? Math.Sqrt(expected.Sum(x => x * x)) : 1;
            for (var d = 0; d < expected.Length; d++) Assert.Equal(expected[d] / length, found[i][d], tolerance: 1e-5);
        }
    }

    [Fact]
    public void A_batch_gives_the_vectors_of_texts_one_by_one_however_it_is_divided()
    {
        string[] texts = [.. _titles.Select(title => title.Text), .. _titles.Select(title => title.Text)];
        var alone = texts.Select(text => Encode(_folder.Root, null, text)[0]).ToArray();
        foreach (var options in (BertSentenceEncoderOptions[])[new(), new() { TokenBudget = 1 }, new() { Threads = 3, TokenBudget = 30 }])
        {
            var together = Encode(_folder.Root, options, texts);
            for (var i = 0; i < texts.Length; i++)
                for (var d = 0; d < alone[i].Length; d++) Assert.Equal(alone[i][d], together[i][d], tolerance: 1e-6f);
        }
    }

    [Fact]
    public void Case_accents_and_lengths_follow_the_folder()
    {
        float[] Of(string text) => Encode(_folder.Root, null, text)[0];
        var withoutCase = Of("Café");
        Assert.Equal(Of("cafe"), withoutCase);
        _folder.Text("tokenizer_config.json", """{"do_lower_case":false,"model_max_length":1000000000000000019884624838656}""");
        Assert.NotEqual(withoutCase, Of("Café"));
        Assert.NotEqual(Of("purple"), Of("Café")); // a word of its own
        _folder.Text("sentence_bert_config.json", """{"max_seq_length":4,"do_lower_case":false}""");
        Assert.Equal(Of("red nail"), Of("red nail polish"));
        _folder.Text("sentence_bert_config.json", """{"do_lower_case":true}""");
        Assert.Equal(Of("red"), Of("RED"));
        Assert.Equal(Of("purple"), Of("Café")); // a small é is no word
        _folder.Text("tokenizer_config.json", """{"do_lower_case":false,"strip_accents":true,"tokenize_chinese_chars":false}""");
        Assert.Equal(Of("cafe"), Of("Café"));
        Assert.Equal(Of("purple"), Of("美白")); // one word
    }

    [Fact]
    public void The_network_may_lie_in_a_folder_within()
    {
        var before = Encode(_folder.Root, null, "red")[0];
        Directory.CreateDirectory(_folder["0_Transformer"]);
        foreach (var file in (string[])["config.json", "vocab.txt", "model.safetensors"])
            File.Move(_folder[file], _folder["0_Transformer/" + file]);
        _folder.Text("modules.json", """[{"path":"0_Transformer","type":"sentence_transformers.models.Transformer"}]""");
        Assert.Equal(before, Encode(_folder.Root, null, "red")[0]);
    }

    [Fact]
    public void What_is_not_known_is_refused_with_all_of_it()
    {
        _folder.Sentences(
            """{"pooling_mode_max_tokens":true,"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":true}""", "Pooling", "Dense");
        _folder.Text("config_sentence_transformers.json", """{"prompts":{"query":"query: "},"default_prompt_name":"query"}""");
        _folder.Text("tokenizer_config.json", """{"tokenizer_class":"BertJapaneseTokenizer"}""");
        File.Delete(_folder["vocab.txt"]);
        Refused(
            "a module is \"Dense\"", "'pooling_mode_max_tokens' is true", "expected either 'pooling_mode_mean_tokens' or",
            "'default_prompt_name'", "BertJapaneseTokenizer", "vocab.txt: is missing");
        _folder.Text("modules.json", """[{"path":"../elsewhere","type":"sentence_transformers.models.Transformer"}]""");
        Refused("'path' is \"../elsewhere\"");
        _folder.Text("modules.json", "{}");
        Refused("is no list of modules");
    }

    [Fact]
    public void Words_that_do_not_fit_are_refused()
    {
        _folder.Words("one", "more");
        Refused("has 32 words, expected at most the 30");
        foreach (var words in (string[])["", "red\nnail\n", "[UNK]\nred\n", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nred\n"])
        {
            _folder.Text("vocab.txt", words);
            Refused("no words of a WordPiece tokenizer");
        }
    }

    [Fact]
    public void A_cut_file_is_refused()
    {
        var bytes = File.ReadAllBytes(_folder["model.safetensors"]);
        File.WriteAllBytes(_folder["model.safetensors"], bytes[..^100]);
        Assert.Throws<SafetensorsException>(() => BertSentenceEncoder.Open(_folder.Root));
        Assert.Throws<TextException>(() => BertEncoders.Open(_folder.Root).Create([]));
    }

    [Fact]
    public void A_cancelled_call_stops_and_options_are_checked()
    {
        using var encoder = BertSentenceEncoder.Open(_folder.Root);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => encoder.GenerateAsync(["red", "nail"], null, stop.Token).GetAwaiter().GetResult());
        Assert.Empty(Encode(_folder.Root, null));
        var e = Assert.Throws<ArgumentException>(() => BertSentenceEncoder.Open(_folder.Root, new() { Threads = 0, TokenBudget = 0 }));
        Assert.Contains("threads is 0; at least 1 is needed; token budget is 0", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Vectors are kept by the content of the folder: moved, it finds them again; with other weights, it does not.</summary>
    [Fact]
    public void Titles_of_a_catalogue_are_encoded_once_for_a_folders_content()
    {
        BertEncoders.Register();
        using var cache = new TemporaryFolder();
        var catalog = Titles.Catalog(Titles.Few);
        EmbeddedTitles Embed(string folder) =>
            Titles.Embed(catalog, new() { Encoder = folder }, cache[TextVectors.FileName(folder)]);

        var first = Embed(_folder.Root);
        Assert.Equal((4, 4, 12), (first.DistinctTexts, first.Embedded, first.Vectors.Width));
        for (var item = 1; item <= 6; item++)
            Assert.Equal(first.Vectors.Has(item) ? 1 : 0, Titles.Length(first.Vectors[item]), 1e-5);

        using var moved = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(_folder.Root)) File.Copy(file, moved[Path.GetFileName(file)]);
        var second = Embed(moved.Root);
        Assert.Equal((0, first.Vectors.Hash, first.Vectors.Source), (second.Embedded, second.Vectors.Hash, second.Vectors.Source));

        Values.Scatter(_folder.Network, 0.8, seed: 2);
        _folder.Write();
        var other = Embed(_folder.Root);
        Assert.Equal(4, other.Embedded);
        Assert.NotEqual(first.Vectors.Source, other.Vectors.Source);
        Assert.Equal(2, Directory.GetFiles(cache.Root).Length);
        _folder.Text("tokenizer_config.json", """{"do_lower_case":false}""");
        Assert.Equal(4, Embed(_folder.Root).Embedded);
    }

    [Fact]
    public void A_folder_is_told_from_a_name_by_its_slash()
    {
        BertEncoders.Register();
        Assert.Empty(new TextSource { Encoder = _folder.Root + "/" }.Validate());
        Assert.Equal(TextEncoders.Find(_folder.Root).Name, TextEncoders.Find(_folder.Root + "/").Name);
        Assert.Contains("written with a slash", Assert.Single(new TextSource { Encoder = "folder" }.Validate()), StringComparison.Ordinal);
        var e = Assert.Throws<TextException>(() => TextEncoders.Find("./not/there"));
        Assert.Contains("there is no such folder", e.Message, StringComparison.Ordinal);
        File.Delete(_folder["model.safetensors"]);
        Assert.Throws<TextException>(() => TextEncoders.Find(_folder.Root));
        Assert.Throws<ArgumentException>(() => TextEncoders.RegisterFolders(_ => TextEncoders.Find("tfidf")));
    }

    private static float[][] Encode(string folder, BertSentenceEncoderOptions? options, params string[] texts)
    {
        using var encoder = BertSentenceEncoder.Open(folder, options);
        return [.. encoder.GenerateAsync(texts, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult()
            .Select(embedding => embedding.Vector.ToArray())];
    }

    private void Refused(params string[] parts)
    {
        var e = Assert.Throws<CheckpointFolderException>(() => BertSentenceEncoder.Open(_folder.Root));
        foreach (var part in parts) Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
