using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Architectures;

/// <summary>What distinguishes the relatives, against the plain computation, step by step and with carried keys and values.</summary>
public class LlamaRelativesTests
{
    private static readonly LlamaOptions _options = new()
    {
        Vocabulary = 30,
        Width = 16,
        Blocks = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadWidth = 8,
        Hidden = 24,
        Dropout = 0,
        RopeBase = 100,
    };

    public static TheoryData<string, LlamaOptions> Relatives => new()
    {
        { "llama", _options },
        { "llama with biases", _options with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true } },
        { "llama 3", _options with { RopeScaling = new() { Kind = RopeScalingKind.Llama3, Factor = 4, OriginalSteps = 40 } } },
        { "llama with longer texts", _options with { RopeScaling = new() { Kind = RopeScalingKind.Linear, Factor = 2.5 } } },
        { "qwen2", _options with { QueryKeyValueBias = true } },
        { "qwen3", _options with { HeadNorms = true, TiedEmbeddings = false } },
    };

    [Theory]
    [MemberData(nameof(Relatives))]
    public void Logits_are_those_of_the_equations(string name, LlamaOptions options)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Random(options);
        int[] tokens = [3, 9, 9, 17, 0, 28, 5, 3];
        var expected = new PlainLlama(options, model).Logits(tokens);
        var whole = Values.Of(model.forward(tensor(Array.ConvertAll(tokens, t => (long)t), 1, 8)).narrow(1, 7, 1));
        Assert.True(expected.Max() - expected.Min() > 0.1, name); // there is something to compare

        var caches = Enumerable.Range(0, model.Blocks).Select(_ => new LayerCache()).ToArray();
        var states = model.EncodeLast(tensor(Array.ConvertAll(tokens[..4], t => (long)t), 1, 4), caches);
        foreach (var token in tokens[4..]) states = model.Advance(tensor([(long)token], 1, 1), caches);
        var carried = Values.Of(model.Logits(states, new(0, 30)));
        foreach (var cache in caches) cache.Dispose();
        for (var v = 0; v < 30; v++)
        {
            Assert.Equal(expected[v], whole[v], tolerance: 1e-4);
            Assert.Equal(expected[v], carried[v], tolerance: 1e-4);
        }
    }

    /// <summary>With weights of a size that every part is felt.</summary>
    private static Llama Random(LlamaOptions options)
    {
        manual_seed(5);
        var model = new Llama(options, new Noise(1));
        foreach (var (_, parameter) in model.named_parameters()) parameter.normal_(parameter.dim() == 2 ? 0 : 0.7, 0.4);
        model.eval();
        return model;
    }
}
