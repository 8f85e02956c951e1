using System.Text.Json;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Tokenizers;

/// <summary>The tokenizers of T5 and Qwen 3, and what their own libraries make of texts (shared/golden/README.md).</summary>
public class TokenizerGoldenTests
{
    [Theory]
    [InlineData("data/t5-tokenizer", "golden/tokenizer/t5-spiece.json")]
    [InlineData("data/qwen-tokenizer", "golden/tokenizer/qwen3.json")]
    public void Texts_become_the_tokens_of_the_library_and_come_back(string folder, string golden)
    {
        var tokenizer = TokenizerFolder.Open(SharedFolder.Require(folder));
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require(golden)));
        foreach (var one in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = one.GetProperty("text").GetString()!;
            int[] expected = [.. one.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal((text, string.Join(' ', expected)), (text, string.Join(' ', tokenizer.Encode(text))));
            Assert.Equal(one.GetProperty("decoded").GetString(), tokenizer.Decode(expected));
        }
    }

    [Fact]
    public void A_file_of_its_own_is_a_tokenizer_too()
    {
        var tokenizer = TokenizerFolder.Open(SharedFolder.Require("data/t5-tokenizer/spiece.model"));
        Assert.Equal([21820, 296], tokenizer.Encode("hello  world"));
    }

    [Theory]
    [InlineData("spiece.model", "not a model", "no SentencePiece model that can be read")]
    [InlineData("tokenizer.json", "{}", "no byte-level BPE")]
    [InlineData("tokenizer.json", """{"model":{"type":"WordPiece"}}""", "its model is not BPE")]
    [InlineData("readme.txt", "", "no tokenizer; expected")]
    public void What_is_no_tokenizer_is_refused(string name, string content, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, content);
        var e = Assert.Throws<CheckpointFolderException>(() => TokenizerFolder.Open(folder.Root));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
