using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>What open checkpoints compute, from the command line (shared/golden/README.md).</summary>
public class LanguageTests
{
    [Theory]
    [InlineData("llama-gqa-bf16")]
    [InlineData("qwen2-bias-sharded")]
    [InlineData("t5-relu-tied")]
    public void A_checkpoint_writes_what_its_library_writes(string name)
    {
        var folder = SharedFolder.Require($"golden/hf/{name}");
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        var expected = golden.RootElement.GetProperty("beam")[0];
        var ids = string.Join(',', Prompt(folder, golden.RootElement.GetProperty("lengths")[0].GetInt32()));
        string[] asked = ["language", "generate", "--checkpoint", folder, "--ids", ids, "--beams", "5", "--new-tokens", "4"];
        var found = TandemProcess.Run([.. asked, "--ignore-eos", "--json"]).Json.GetProperty("beams");
        Assert.Equal(expected.GetArrayLength(), found.GetArrayLength());
        for (var i = 0; i < found.GetArrayLength(); i++)
        {
            Assert.Equal(Numbers(expected[i].GetProperty("tokens")), Numbers(found[i].GetProperty("ids")));
            Assert.Equal(
                expected[i].GetProperty("total_logprob").GetDouble(), found[i].GetProperty("logProbability").GetDouble(), tolerance: 1e-4);
        }
    }

    [Fact]
    public void Logits_come_of_the_last_position_or_of_all()
    {
        var folder = SharedFolder.Require("golden/hf/t5-relu-tied");
        string[] asked = ["language", "score", "--checkpoint", folder, "--ids", "3,17,42", "--decoder-ids", "0,5", "--json"];
        var last = TandemProcess.Run(asked).Json.GetProperty("logits");
        var all = TandemProcess.Run([.. asked, "--all"]).Json.GetProperty("logits");
        Assert.Equal((1, 2, 160), (last.GetArrayLength(), all.GetArrayLength(), all[1].GetArrayLength()));
        Assert.Equal(last[0].GetRawText(), all[1].GetRawText());
    }

    [Fact]
    public void A_text_becomes_tokens()
    {
        var model = SharedFolder.Require("data/t5-tokenizer/spiece.model");
        var ids = TandemProcess.Run("language", "tokenize", "--model", model, "--text", "hello  world", "--json").Json.GetProperty("ids");
        Assert.Equal([21820, 296], Numbers(ids));
    }

    private static int[] Prompt(string folder, int length)
    {
        var golden = Protocol.Safetensors.SafetensorsFile.Load(Path.Combine(folder, "golden.safetensors"));
        return [.. golden.Tensors["input_ids"].As<long>().ToArray().Take(length).Select(id => (int)id)];
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];
}
