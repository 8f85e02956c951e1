using Tandem.Learning.Language;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language;

public sealed class LlamaTests : IDisposable
{
    private readonly Llama _model = ToyCatalog.Model();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Parameters_carry_the_names_of_Hugging_Faces_Llama_without_its_module_levels()
    {
        var ofFirstBlock = _model.named_parameters().Select(p => p.name).Where(n => !n.StartsWith("layers.1.", StringComparison.Ordinal));
        Assert.Equal(
            [
                "embed_tokens.weight",
                "layers.0.down_proj.weight",
                "layers.0.gate_proj.weight",
                "layers.0.input_layernorm.weight",
                "layers.0.k_proj.weight",
                "layers.0.o_proj.weight",
                "layers.0.post_attention_layernorm.weight",
                "layers.0.q_proj.weight",
                "layers.0.up_proj.weight",
                "layers.0.v_proj.weight",
                "norm.weight",
            ],
            ofFirstBlock.Order(StringComparer.Ordinal));
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

    [Fact]
    public void Cached_decoding_of_several_beams_equals_whole_sequences()
    {
        const int Batch = 2, Beams = 3, Steps = 4;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var random = new Random(3);
        long Draw() => random.Next(1, ToyCatalog.Ids.Vocabulary);

        var prompts = Enumerable.Range(0, Batch).Select(_ => new[] { 0, Draw(), Draw(), Draw(), Draw() }).ToArray();
        var sequences = prompts.Select(prompt => Enumerable.Repeat(prompt, Beams).ToArray()).ToArray();
        var caches = Enumerable.Range(0, _model.Blocks).Select(_ => new LayerCache()).ToArray();
        var states = _model.Encode(tensor(prompts.SelectMany(p => p).ToArray(), Batch, 5), caches);
        for (var b = 0; b < Batch; b++) AssertLast(prompts[b], states[b, -1]);

        for (var step = 0; step < Steps; step++)
        {
            if (step > 0) Reorder();
            var tokens = new long[Batch, Beams];
            for (var b = 0; b < Batch; b++)
            {
                for (var w = 0; w < Beams; w++) sequences[b][w] = [.. sequences[b][w], tokens[b, w] = Draw()];
            }

            states = _model.Step(tensor(tokens), caches);
            for (var b = 0; b < Batch; b++)
            {
                for (var w = 0; w < Beams; w++) AssertLast(sequences[b][w], states[b, w]);
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
            _model.Logits(_model.Encode(tensor(new long[,] { { 0, 3, 9 } })), level: 1).sum().backward();
        });
    }

    [Fact]
    public void Options_name_every_fault() =>
        Assert.Equal(4, new LlamaOptions { Width = 6, Heads = 2, Blocks = 0, Hidden = 0, Dropout = -1 }.Validate().Count());

    private void AssertLast(long[] sequence, TorchSharp.torch.Tensor state)
    {
        var whole = _model.Encode(tensor(sequence).unsqueeze(0));
        Close.Row(Values.Of(whole[0, -1]), Values.Of(state), tolerance: 1e-5);
    }
}
