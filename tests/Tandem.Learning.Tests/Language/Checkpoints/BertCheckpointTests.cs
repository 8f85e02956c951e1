using System.Text.Json.Nodes;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Tests.Language.Architectures;

namespace Tandem.Learning.Tests.Language.Checkpoints;

public sealed class BertCheckpointTests : IDisposable
{
    private readonly TinyBert _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int, string, bool, string[]> Kinds => new()
    {
        { 1, "", false, [] },
        { 3, "", false, ["embeddings.position_ids"] },
        { 1, "bert.", false, ["cls.predictions.bias", "bert.embeddings.position_ids", "cls.seq_relationship.weight"] },
        { 2, "bert.", true, [] }, // as files have them that began with another library
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_comes_back_under_all_names_that_it_is_written_with(int shards, string prefix, bool isOld, string[] also)
    {
        string Old(string name) => name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
            .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        _folder.Write(shards, name => prefix + (isOld ? Old(name) : name), also);
        using var loaded = BertCheckpoint.Load(_folder.Root);
        Assert.Equal(BertTests.Tiny, loaded.Options);
        Assert.Equal(Values.Of(_folder.Network), Values.Of(loaded));
        Assert.False(loaded.training);
    }

    [Fact]
    public void A_pooler_may_be_missing_or_there_by_half()
    {
        foreach (var half in (string[])["pooler.", "pooler.dense.bias"])
        {
            _folder.Write(1, name => name.StartsWith(half, StringComparison.Ordinal) ? null : name);
            using var loaded = BertCheckpoint.Load(_folder.Root);
            Assert.False(loaded.Options.HasPooler);
        }
    }

    [Fact]
    public void The_shapes_that_are_asked_for_are_those_that_a_model_has()
    {
        foreach (var options in (BertOptions[])[BertTests.Tiny, BertTests.Tiny with { HasPooler = false }])
        {
            using var model = new Bert(options);
            Assert.Equal(
                model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal),
                BertCheckpoint.Shapes(options).Select(s => $"{s.Name} [{string.Join(", ", s.Shape)}]").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void What_is_missing_and_what_is_too_much_is_listed()
    {
        _folder.Write(1, name => name.Contains("attention.self.query", StringComparison.Ordinal) ? null : name);
        Refused(
            "encoder.layer.0.attention.self.query.weight, encoder.layer.0.attention.self.query.bias, "
            + "encoder.layer.1.attention.self.query.weight, encoder.layer.1.attention.self.query.bias)");
        _folder.Write(1, null, "classifier.weight", "encoder.layer.0.crossattention.self.query.weight");
        Refused("holds 2 tensors", "classifier.weight, encoder.layer.0.crossattention.self.query.weight");
        _folder.Write(1, null, "bert.embeddings.LayerNorm.gamma");
        Refused("are the same one", "embeddings.LayerNorm.weight");
        _folder.Write();
        _folder.Config(("hidden_size", 24));
        Refused("'embeddings.word_embeddings.weight' has shape [30, 12], expected [30, 24]");
    }

    /// <summary>The claims are held against the file before any memory is taken.</summary>
    [Fact]
    public void A_config_that_claims_giant_sizes_takes_no_memory()
    {
        _folder.Config(("vocab_size", int.MaxValue));
        Refused("expected [2147483647, 12]");
        _folder.Config(("num_hidden_layers", int.MaxValue));
        Refused("lacks tensors", "encoder.layer.2.attention.self.query.weight", ", ...");
    }

    [Theory]
    [InlineData("gelu_new", BertActivation.GeluByTanh)]
    [InlineData("gelu_pytorch_tanh", BertActivation.GeluByTanh)]
    [InlineData("relu", BertActivation.Relu)]
    [InlineData(null, BertActivation.Gelu)]
    public void The_activation_is_the_configurations(string? name, BertActivation expected)
    {
        _folder.Config(("hidden_act", name), ("layer_norm_eps", null), ("type_vocab_size", null));
        var options = BertConfig.Read(_folder["config.json"]);
        Assert.Equal((expected, 1e-12, 2), (options.Activation, options.NormEpsilon, options.TokenTypes));
    }

    [Fact]
    public void Other_networks_are_refused_by_all_that_makes_them_other()
    {
        _folder.Config(
            ("model_type", "roberta"), ("position_embedding_type", "relative_key"), ("is_decoder", true), ("add_cross_attention", true),
            ("hidden_act", "silu"), ("num_attention_heads", null), ("quantization_config", new JsonObject { ["bits"] = 8 }));
        Refused(
            "'model_type' is \"roberta\"", "'position_embedding_type' is \"relative_key\", expected \"absolute\"", "'is_decoder' is true",
            "'add_cross_attention' is true", "'hidden_act' is \"silu\"", "'num_attention_heads' is missing", "quantised");
        _folder.Config(("num_attention_heads", 5));
        Refused("width 12 is not divisible by 5 heads");
    }

    private void Refused(params string[] parts)
    {
        var e = Assert.Throws<CheckpointFolderException>(() => BertCheckpoint.Load(_folder.Root));
        foreach (var part in parts) Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
