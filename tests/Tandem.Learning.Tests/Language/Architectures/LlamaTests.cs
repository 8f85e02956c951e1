using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Architectures;

public sealed class LlamaTests : IDisposable
{
    private readonly Llama _model = ToyCatalog.Model();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Parameters_carry_the_names_of_Hugging_Faces_Llama()
    {
        var ofFirstBlock = _model.named_parameters().Select(p => p.name)
            .Where(n => !n.StartsWith("model.layers.1.", StringComparison.Ordinal));
        Assert.Equal(
            [
                "model.embed_tokens.weight",
                "model.layers.0.input_layernorm.weight",
                "model.layers.0.mlp.down_proj.weight",
                "model.layers.0.mlp.gate_proj.weight",
                "model.layers.0.mlp.up_proj.weight",
                "model.layers.0.post_attention_layernorm.weight",
                "model.layers.0.self_attn.k_proj.weight",
                "model.layers.0.self_attn.o_proj.weight",
                "model.layers.0.self_attn.q_proj.weight",
                "model.layers.0.self_attn.v_proj.weight",
                "model.norm.weight",
            ],
            ofFirstBlock.Order(StringComparer.Ordinal));
        using var untied = new Llama(ToyCatalog.Options with { TiedEmbeddings = false }, new Noise(1));
        Assert.Equal(
            ["lm_head.weight"], untied.named_parameters().Select(p => p.name).Except(_model.named_parameters().Select(p => p.name)));
    }

    [Fact]
    public void Every_linear_layer_of_a_block_has_a_slot()
    {
        var ofFirstBlock = _model.named_parameters()
            .Where(p => p.name.StartsWith("model.layers.0.", StringComparison.Ordinal) && p.parameter.dim() == 2);
        Assert.Equal(
            ofFirstBlock.Select(p => p.name).Order(StringComparer.Ordinal),
            new WeightSlots(_model).Names.Where(n => n.StartsWith("model.layers.0.", StringComparison.Ordinal)).Select(n => n + ".weight")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Logits_of_a_range_are_those_of_the_whole_vocabulary_there(bool tied)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = new Llama(ToyCatalog.Options with { TiedEmbeddings = tied }, new Noise(1));
        model.eval();
        var tokens = tensor(new long[,] { { 0, 3, 9, 17 } });
        var whole = Values.Of(model.forward(tokens)[0, 3]);
        Assert.Equal(ToyCatalog.Tokens.Vocabulary, whole.Length);
        Close.Row(whole.AsSpan(9, 8), Values.Of(model.Logits(model.Encode(tokens)[0, 3], new(9, 8))), tolerance: 1e-5);
    }

    [Fact]
    public void Future_tokens_do_not_change_past_states()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var states = _model.Encode(tensor(new long[,] { { 0, 3, 9, 17, 4, 13, 20 } }));
        for (var changed = 1; changed < 7; changed++)
        {
            long[] tokens = [0, 3, 9, 17, 4, 13, 20];
            for (var t = changed; t < 7; t++) tokens[t] = 24 - tokens[t];
            var others = _model.Encode(tensor(tokens).unsqueeze(0));
            for (var t = 0; t < changed; t++) Close.Row(Values.Of(states[0, t]), Values.Of(others[0, t]), tolerance: 1e-5);
            Assert.NotEqual(Values.Of(states[0, changed]), Values.Of(others[0, changed]));
        }
    }

    [Fact]
    public void A_state_knows_the_order_of_the_tokens_before_it()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var states = _model.Encode(tensor(new long[,] { { 0, 3, 9, 17 }, { 0, 9, 3, 17 } }));
        Assert.NotEqual(Values.Of(states[0, 3]), Values.Of(states[1, 3]));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(2, null)]
    [InlineData(1, 10)]
    public void Cached_decoding_of_several_beams_equals_whole_sequences(int? keyValueHeads, int? headWidth)
    {
        using var model = new Llama(
            ToyCatalog.Options with { Heads = 4, KeyValueHeads = keyValueHeads, HeadWidth = headWidth }, new Noise(1));
        Values.Scatter(model, 0.6);
        model.eval();
        const int Batch = 2, Beams = 3, Steps = 4;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var random = new Random(3);
        long Draw() => random.Next(1, ToyCatalog.Tokens.Vocabulary);

        var prompts = Enumerable.Range(0, Batch).Select(_ => new[] { 0, Draw(), Draw(), Draw(), Draw() }).ToArray();
        var sequences = prompts.Select(prompt => Enumerable.Repeat(prompt, Beams).ToArray()).ToArray();
        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        var states = model.Encode(tensor(prompts.SelectMany(p => p).ToArray(), Batch, 5), caches);
        for (var b = 0; b < Batch; b++) AssertLast(model, prompts[b], states[b, -1]);

        for (var step = 0; step < Steps; step++)
        {
            if (step > 0) Reorder();
            var tokens = new long[Batch, Beams];
            for (var b = 0; b < Batch; b++)
            {
                for (var w = 0; w < Beams; w++) sequences[b][w] = [.. sequences[b][w], tokens[b, w] = Draw()];
            }

            states = model.Advance(tensor(tokens), caches);
            for (var b = 0; b < Batch; b++)
            {
                for (var w = 0; w < Beams; w++) AssertLast(model, sequences[b][w], states[b, w]);
            }
        }

        foreach (var cache in caches) cache.Dispose();

        // Some beams die, some go on twice, and each row of the batch in its own way.
        void Reorder()
        {
            var parents = new long[Batch, Beams];
            for (var b = 0; b < Batch; b++)
            {
                for (var w = 0; w < Beams; w++) parents[b, w] = random.Next(Beams);
                sequences[b] = [.. Enumerable.Range(0, Beams).Select(w => sequences[b][parents[b, w]])];
            }

            foreach (var cache in caches) cache.Reorder(tensor(parents));
        }
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var tokens = tensor(new long[,] { { 0, 3, 9 } });
        Assert.Equal(Values.Of(_model.Encode(tokens)), Values.Of(_model.Encode(tokens)));
        _model.train();
        Assert.NotEqual(Values.Of(_model.Encode(tokens)), Values.Of(_model.Encode(tokens)));
    }

    [Fact]
    public void A_forward_and_backward_pass_leaves_no_tensor_behind()
    {
        _model.train();
        LiveTensors.AssertKept(() =>
        {
            using var scope = NewDisposeScope();
            _model.Logits(_model.Encode(tensor(new long[,] { { 0, 3, 9 } })), new(9, 8)).sum().backward();
        });
    }

    [Fact]
    public void Options_name_every_fault() =>
        Assert.Equal(9, new LlamaOptions
        {
            Vocabulary = 0,
            Width = 0,
            Heads = 2,
            KeyValueHeads = 3,
            HeadWidth = 5,
            Blocks = 0,
            Hidden = 0,
            Dropout = -1,
            RopeBase = 1,
            NormEpsilon = 0,
        }.Validate().Count());

    [Fact]
    public void A_model_is_told_its_vocabulary() => Assert.Contains(
        "vocabulary is not set", Assert.Throws<ArgumentException>(() => new Llama(new(), new Noise(1))).Message, StringComparison.Ordinal);

    private static void AssertLast(Llama model, long[] sequence, TorchSharp.torch.Tensor state)
    {
        var whole = model.Encode(tensor(sequence).unsqueeze(0));
        Close.Row(Values.Of(whole[0, -1]), Values.Of(state), tolerance: 1e-5);
    }
}
