using System.Text.Json;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Checkpoints;

/// <summary>A checkpoint as Hugging Face writes it, and what that library computes with it (shared/golden/README.md).</summary>
public sealed class LlamaGoldenTests : IDisposable
{
    private const string Folder = "golden/hf/llama-gqa-bf16";

    private readonly Llama _model = LlamaCheckpoint.Load(SharedFolder.Require(Folder));
    private readonly SafetensorsFile _golden = SafetensorsFile.Load(SharedFolder.Require($"{Folder}/golden.safetensors"));
    private readonly JsonElement _figures = Figures();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Logits_are_those_of_the_library_at_every_real_place()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var logits = Values.Of(_model.forward(Inputs()));
        var expected = _golden.Get("logits", 3, 19, 192).As<float>();
        var mask = _golden.Get("attention_mask", 3, 19).As<long>();
        for (var place = 0; place < 3 * 19; place++)
        {
            if (mask[place] == 0) continue;
            for (var v = 0; v < 192; v++) Assert.Equal(expected[place * 192 + v], logits[place * 192 + v], tolerance: 1e-4);
        }
    }

    [Fact]
    public void The_loss_and_the_gradient_of_every_parameter_are_those_of_the_library()
    {
        using var scope = NewDisposeScope();
        var (inputs, mask) = (_golden.Get("input_ids", 3, 19).As<long>().ToArray(), _golden.Get("attention_mask", 3, 19).As<long>().ToArray());
        var targets = Enumerable.Range(0, 3 * 19).Select(i => i % 19 < 18 && mask[i + 1] == 1 ? inputs[i + 1] : -100).ToArray();
        var loss = nn.functional.cross_entropy(_model.forward(Inputs()).view(-1, 192), tensor(targets));
        Close.Number(_figures.GetProperty("loss").GetDouble(), loss.item<float>());
        loss.backward();
        var norms = _figures.GetProperty("grad_l2");
        Assert.Equal(norms.EnumerateObject().Count(), _model.named_parameters().Count());
        foreach (var (name, parameter) in _model.named_parameters())
            Close.Number(norms.GetProperty(name).GetDouble(), parameter.grad!.norm().item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Searching_a_catalogue_gives_the_librarys_probabilities_among_the_allowed_tokens()
    {
        var sequences = _figures.GetProperty("catalogue_sequences").EnumerateArray().Select(Numbers).ToArray();
        var search = new BeamSearch(_model, new ItemTrie(ItemTokens.Of(sequences, start: 1)));
        var lengths = Numbers(_figures.GetProperty("lengths"));
        var inputs = _golden.Get("input_ids", 3, 19).As<long>().ToArray();
        for (var row = 0; row < 3; row++)
        {
            int[] prompt = [.. inputs.Skip(row * 19).Take(lengths[row]).Select(token => (int)token)];
            var expected = _figures.GetProperty("catalogue")[row].GetProperty("total_logprob_renormalised")
                .EnumerateArray().Select(v => v.GetDouble()).ToArray();
            var found = Assert.Single(search.Search([prompt], [[]], beams: 24));
            Assert.Equal(24, found.Count);
            foreach (var (item, logProbability) in found) Assert.Equal(expected[item - 1], logProbability, tolerance: 1e-4);
        }
    }

    private static JsonElement Figures()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require($"{Folder}/golden.json")));
        return document.RootElement.Clone();
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];

    private Tensor Inputs() => tensor(_golden.Get("input_ids", 3, 19).As<long>().ToArray(), 3, 19);
}
