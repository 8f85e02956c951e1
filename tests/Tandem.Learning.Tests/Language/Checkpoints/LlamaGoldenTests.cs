using System.Text.Json;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Checkpoints;

/// <summary>Grouped keys and values, kept as BF16, with a head of its own.</summary>
public sealed class LlamaGoldenTests() : CausalGoldenTests("golden/hf/llama-gqa-bf16", steps: 19, vocabulary: 192);

/// <summary>Biases, a tied head, two files.</summary>
public sealed class Qwen2GoldenTests() : CausalGoldenTests("golden/hf/qwen2-bias-sharded", steps: 21, vocabulary: 150);

/// <summary>A checkpoint as Hugging Face writes it, and what that library computes with it (shared/golden/README.md).</summary>
public abstract class CausalGoldenTests : IDisposable
{
    private readonly string _folder;
    private readonly int _steps, _vocabulary;
    private readonly Llama _model;
    private readonly SafetensorsFile _golden;
    private readonly JsonElement _figures;

    protected CausalGoldenTests(string folder, int steps, int vocabulary)
    {
        (_folder, _steps, _vocabulary) = (folder, steps, vocabulary);
        _model = LlamaCheckpoint.Load(SharedFolder.Require(folder));
        _golden = SafetensorsFile.Load(SharedFolder.Require($"{folder}/golden.safetensors"));
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require($"{folder}/golden.json")));
        _figures = document.RootElement.Clone();
    }

    public void Dispose()
    {
        _model.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Logits_are_those_of_the_library_at_every_real_place()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var logits = Values.Of(_model.forward(Inputs()));
        var expected = _golden.Get("logits", 3, _steps, _vocabulary).As<float>();
        var mask = _golden.Get("attention_mask", 3, _steps).As<long>();
        for (var place = 0; place < 3 * _steps; place++)
        {
            if (mask[place] == 0) continue;
            for (var v = 0; v < _vocabulary; v++)
                Assert.Equal(expected[place * _vocabulary + v], logits[place * _vocabulary + v], tolerance: 1e-4);
        }
    }

    [Fact]
    public void The_loss_and_the_gradient_of_every_parameter_are_those_of_the_library()
    {
        using var scope = NewDisposeScope();
        var inputs = _golden.Get("input_ids", 3, _steps).As<long>().ToArray();
        var mask = _golden.Get("attention_mask", 3, _steps).As<long>().ToArray();
        var targets = Enumerable.Range(0, 3 * _steps)
            .Select(i => i % _steps < _steps - 1 && mask[i + 1] == 1 ? inputs[i + 1] : -100).ToArray();
        using var model = LlamaCheckpoint.Load(SharedFolder.Require(_folder), widen: true);
        var loss = nn.functional.cross_entropy(model.forward(Inputs()).view(-1, _vocabulary), tensor(targets));
        Close.Number(_figures.GetProperty("loss").GetDouble(), loss.item<float>());
        loss.backward();
        var norms = _figures.GetProperty("grad_l2");
        Assert.Equal(norms.EnumerateObject().Count(), model.named_parameters().Count());
        foreach (var (name, parameter) in model.named_parameters())
            Close.Number(norms.GetProperty(name).GetDouble(), parameter.grad!.norm().item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Searching_a_catalogue_gives_the_librarys_probabilities_among_the_allowed_tokens()
    {
        var sequences = _figures.GetProperty("catalogue_sequences").EnumerateArray().Select(Numbers).ToArray();
        var search = new BeamSearch(_model, new ItemTrie(ItemTokens.Of(sequences, start: 1)));
        var lengths = Numbers(_figures.GetProperty("lengths"));
        var inputs = _golden.Get("input_ids", 3, _steps).As<long>().ToArray();
        for (var row = 0; row < 3; row++)
        {
            int[] prompt = [.. inputs.Skip(row * _steps).Take(lengths[row]).Select(token => (int)token)];
            var expected = _figures.GetProperty("catalogue")[row].GetProperty("total_logprob_renormalised")
                .EnumerateArray().Select(v => v.GetDouble()).ToArray();
            var found = Assert.Single(search.Search([prompt], [[]], beams: 24));
            Assert.Equal(24, found.Count);
            foreach (var (item, logProbability) in found) Assert.Equal(expected[item - 1], logProbability, tolerance: 1e-4);
        }
    }

    [Fact]
    public void What_is_written_is_what_the_library_writes()
    {
        var inputs = _golden.Get("input_ids", 3, _steps).As<long>().ToArray();
        var lengths = Numbers(_figures.GetProperty("lengths"));
        for (var row = 0; row < 3; row++)
        {
            int[] prompt = [.. inputs.Skip(row * _steps).Take(lengths[row]).Select(token => (int)token)];
            GoldenWriting.Check(new TokenSearch(_model), prompt, _figures, row);
        }
    }

    [Fact]
    public void The_last_states_and_the_angles_are_those_of_the_library()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var expected = _figures.GetProperty("rope_inv_freq_f64").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        var settings = LlamaConfig.Read(SharedFolder.Require($"{_folder}/config.json"));
        var own = Rope.Frequencies(2 * expected.Length, settings.RopeBase, settings.RopeScaling);
        Assert.All(expected.Zip(own), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-12));
        var length = Numbers(_figures.GetProperty("lengths"))[0];
        var states = Values.Of(_model.Encode(Inputs().narrow(0, 0, 1).narrow(1, 0, length)));
        var last = _golden.Get($"row0.hidden.{settings.Blocks}", length, settings.Width).As<float>();
        for (var i = 0; i < last.Length; i++) Assert.Equal(last[i], states[i], tolerance: 1e-4);
    }

    [Fact]
    public void What_is_computed_in_bf16_is_near_and_the_likeliest_token_is_the_same()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        _model.Arithmetic = ArithmeticKind.BF16;
        var logits = Values.Of(_model.forward(Inputs()));
        var expected = _golden.Get("logits", 3, _steps, _vocabulary).As<float>().ToArray();
        var mask = _golden.Get("attention_mask", 3, _steps).As<long>().ToArray();
        // 8 bits of mantissa in every sum, and logits of a deviation of 2 to 3.5.
        var errors = Enumerable.Range(0, 3 * _steps).Where(place => mask[place] == 1)
            .SelectMany(place => Enumerable.Range(place * _vocabulary, _vocabulary))
            .Select(i => Math.Abs(expected[i] - logits[i])).ToArray();
        Assert.InRange(errors.Average(), 1e-4, 0.1);
        Assert.InRange(errors.Max(), 1e-4, 1);

        var inputs = _golden.Get("input_ids", 3, _steps).As<long>().ToArray();
        var lengths = Numbers(_figures.GetProperty("lengths"));
        for (var row = 0; row < 3; row++)
        {
            int[] prompt = [.. inputs.Skip(row * _steps).Take(lengths[row]).Select(token => (int)token)];
            var greedy = _figures.GetProperty("greedy")[row].GetProperty("tokens")[0].GetInt32();
            Assert.Contains(greedy, new TokenSearch(_model)
                .Search(prompt, beams: 2, newTokens: 1, cancel: TestContext.Current.CancellationToken).Select(text => text.Tokens[0]));
        }
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];

    private Tensor Inputs() => tensor(_golden.Get("input_ids", 3, _steps).As<long>().ToArray(), 3, _steps);
}
