using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language;

/// <summary>One pre-norm block: x += Attention(RMSNorm(x)); x += SwiGLU(RMSNorm(x)). Parameter names are Llama's.</summary>
internal sealed class LlamaBlock : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    private readonly int _headWidth;
    private readonly double _ropeBase;

    [ComponentName(Name = "input_layernorm")] private readonly RmsNorm _attentionNorm;
    [ComponentName(Name = "q_proj")] private readonly Linear _query;
    [ComponentName(Name = "k_proj")] private readonly Linear _key;
    [ComponentName(Name = "v_proj")] private readonly Linear _value;
    [ComponentName(Name = "o_proj")] private readonly Linear _output;
    [ComponentName(Name = "post_attention_layernorm")] private readonly RmsNorm _feedForwardNorm;
    [ComponentName(Name = "gate_proj")] private readonly Linear _gate;
    [ComponentName(Name = "up_proj")] private readonly Linear _up;
    [ComponentName(Name = "down_proj")] private readonly Linear _down;
    private readonly SeededDropout _dropout;

    public LlamaBlock(LlamaOptions options, Noise noise) : base(nameof(LlamaBlock))
    {
        var (width, hidden) = (options.Width, options.Hidden);
        _heads = options.Heads;
        _headWidth = width / options.Heads;
        _ropeBase = options.RopeBase;
        _attentionNorm = new RmsNorm(width);
        _query = nn.Linear(width, width, hasBias: false);
        _key = nn.Linear(width, width, hasBias: false);
        _value = nn.Linear(width, width, hasBias: false);
        _output = nn.Linear(width, width, hasBias: false);
        _feedForwardNorm = new RmsNorm(width);
        _gate = nn.Linear(width, hidden, hasBias: false);
        _up = nn.Linear(width, hidden, hasBias: false);
        _down = nn.Linear(hidden, width, hasBias: false);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D], a whole sequence from step 0.</param>
    public override Tensor forward(Tensor x) => Forward(x, cache: null);

    /// <summary>Whole sequences, and where <paramref name="cache"/> is given their keys and values for later steps.</summary>
    /// <param name="x">[B, T, D].</param>
    /// <param name="cache">Receives keys and values, each [B, H, T, F].</param>
    public Tensor Forward(Tensor x, LayerCache? cache)
    {
        using var scope = NewDisposeScope();
        var h = _attentionNorm.forward(x);
        var (cos, sin) = Rope.Angles(0, (int)x.shape[1], _headWidth, _ropeBase);
        var q = Rope.Rotate(Split(_query.forward(h)), cos, sin);                          // [B, H, T, F]
        var k = Rope.Rotate(Split(_key.forward(h)), cos, sin);
        var v = Split(_value.forward(h));
        cache?.SetPrompt(k, v);
        var attended = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true);
        return FeedForward(x.Plus(_dropout.forward(_output.forward(Join(attended))))).MoveToOuterDisposeScope();
    }

    /// <summary>One further step of W beams that share a prompt. A beam sees the prompt, its own earlier steps and itself.</summary>
    /// <param name="x">[B, W, D], the newest token of each beam.</param>
    /// <param name="cache">Prompt and beams; grows by one step.</param>
    public Tensor Step(Tensor x, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        var h = _attentionNorm.forward(x);
        var (cos, sin) = Rope.Angles(cache.Steps, 1, _headWidth, _ropeBase);
        var q = Rope.Rotate(Split(_query.forward(h)), cos, sin);                          // [B, H, W, F]
        cache.AddStep(Rope.Rotate(Split(_key.forward(h)), cos, sin), Split(_value.forward(h)));
        var ofPrompt = q.matmul(cache.PromptKeys.transpose(-1, -2));                    // [B, H, W, T]
        var ofBeam = (cache.BeamKeys * q.unsqueeze(3)).sum(dim: -1);                    // [B, H, W, S]
        var weights = cat([ofPrompt, ofBeam], dim: -1).DividedBy(Math.Sqrt(_headWidth)).softmax(dim: -1);
        var prompt = cache.PromptKeys.shape[2];
        var attended = weights.narrow(-1, 0, prompt).matmul(cache.PromptValues)
            .Plus((weights.narrow(-1, prompt, cache.BeamKeys.shape[3]).unsqueeze(-1) * cache.BeamValues).sum(dim: 3));
        return FeedForward(x.Plus(_output.forward(Join(attended)))).MoveToOuterDisposeScope();
    }

    private Tensor FeedForward(Tensor x)
    {
        var h = _feedForwardNorm.forward(x);
        return x.Plus(_dropout.forward(_down.forward(nn.functional.silu(_gate.forward(h)) * _up.forward(h))));
    }

    /// <summary>[B, T, D] → [B, H, T, F].</summary>
    private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, _headWidth).transpose(1, 2);

    /// <summary>[B, H, T, F] → [B, T, D].</summary>
    private static Tensor Join(Tensor x) => x.transpose(1, 2).flatten(start_dim: 2);
}
