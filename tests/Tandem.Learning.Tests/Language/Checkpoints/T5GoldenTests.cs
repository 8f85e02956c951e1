using System.Text.Json;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Checkpoints;

/// <summary>A T5 as Hugging Face writes it, and what that library computes with it (shared/golden/README.md).</summary>
public sealed class T5GoldenTests : IDisposable
{
    private const string Folder = "golden/hf/t5-relu-tied";
    private const int Steps = 150, Written = 6, Vocabulary = 160;

    private readonly T5 _model = T5Checkpoint.Load(SharedFolder.Require(Folder));
    private readonly SafetensorsFile _golden = SafetensorsFile.Load(SharedFolder.Require($"{Folder}/golden.safetensors"));
    private readonly JsonElement _figures = Json($"{Folder}/golden.json");

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Logits_and_states_are_those_of_the_library_also_of_prompts_with_padding()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Same(_golden.Get("logits", 3, Written, Vocabulary).As<float>().ToArray(), Values.Of(_model.Forward(Inputs(), Decoded())));
        var read = Values.Of(_model.Read(Inputs()));
        var expected = _golden.Get("encoder_last_hidden", 3, Steps, 32).As<float>();
        var lengths = Numbers(_figures.GetProperty("lengths"));
        for (var row = 0; row < 3; row++)
        {
            var (first, count) = (row * Steps * 32, lengths[row] * 32); // of padding nothing is said
            Same(expected.Slice(first, count).ToArray(), read[first..(first + count)]);
        }
    }

    [Fact]
    public void The_loss_and_the_gradient_of_every_parameter_are_those_of_the_library()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(_golden.Get("labels", 3, Written).As<long>().ToArray());
        var loss = nn.functional.cross_entropy(_model.Forward(Inputs(), Decoded()).view(-1, Vocabulary), labels);
        Close.Number(_figures.GetProperty("loss").GetDouble(), loss.item<float>());
        loss.backward();
        var norms = _figures.GetProperty("grad_l2");
        Assert.Equal(norms.EnumerateObject().Count(), _model.named_parameters().Count());
        foreach (var (name, parameter) in _model.named_parameters())
            Close.Number(norms.GetProperty(name).GetDouble(), parameter.grad!.norm().item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void What_is_written_is_what_the_library_writes()
    {
        for (var row = 0; row < 3; row++) GoldenWriting.Check(new(_model), Prompt(row), _figures, row);
    }

    [Fact]
    public void Searching_a_catalogue_gives_the_librarys_probabilities_among_the_allowed_tokens()
    {
        var sequences = _figures.GetProperty("catalogue_sequences").EnumerateArray().Select(Numbers).ToArray();
        var search = new BeamSearch(_model, new ItemTrie(ItemTokens.Of(sequences, start: 1)));
        for (var row = 0; row < 3; row++)
        {
            var expected = _figures.GetProperty("catalogue")[row].GetProperty("total_logprob_renormalised")
                .EnumerateArray().Select(v => v.GetDouble()).ToArray();
            var found = Assert.Single(search.Search([Prompt(row)], [[]], beams: 24));
            Assert.Equal(24, found.Count);
            foreach (var (item, logProbability) in found) Assert.Equal(expected[item - 1], logProbability, tolerance: 1e-4);
        }
    }

    [Fact]
    public void Relative_positions_fall_into_the_buckets_of_the_library()
    {
        var buckets = Json("golden/hf/t5-buckets.json");
        foreach (var table in buckets.GetProperty("tables").EnumerateArray())
        {
            var expected = Numbers(table.GetProperty("bucket"));
            var span = expected.Length / 2;
            Assert.Equal(expected, Enumerable.Range(-span, expected.Length).Select(relative => RelativeBuckets.Of(
                relative, table.GetProperty("bidirectional").GetBoolean(), table.GetProperty("num_buckets").GetInt32(),
                table.GetProperty("max_distance").GetInt32())));
        }
    }

    private static void Same(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], tolerance: 1e-4f);
    }

    private static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require(path)));
        return document.RootElement.Clone();
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];

    private int[] Prompt(int row) =>
    [
        .. _golden.Get("input_ids", 3, Steps).As<long>().ToArray().Skip(row * Steps).Take(Numbers(_figures.GetProperty("lengths"))[row])
            .Select(token => (int)token),
    ];

    private Tensor Inputs() => tensor(_golden.Get("input_ids", 3, Steps).As<long>().ToArray(), 3, Steps);

    private Tensor Decoded() => tensor(_golden.Get("decoder_input_ids", 3, Written).As<long>().ToArray(), 3, Written);
}
