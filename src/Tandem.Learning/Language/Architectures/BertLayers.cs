using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Linear layers as BERT's own start: normal weights of deviation 0.02, biases 0.</summary>
internal static class BertLinear
{
    private const double Deviation = 0.02;

    public static SlotLinear Of(int inputs, int outputs) => Linears.Normal(inputs, outputs, Deviation, hasBias: true);
}

/// <summary>LN(x + W y + b), in which both halves of a block end.</summary>
internal sealed class BertSum : nn.Module
{
    [ComponentName(Name = "dense")] private readonly SlotLinear _dense;
    [ComponentName(Name = "LayerNorm")] private readonly LayerNorm _norm;

    public BertSum(int inputs, BertOptions options) : base(nameof(BertSum))
    {
        _dense = BertLinear.Of(inputs, options.Width);
        _norm = nn.LayerNorm(options.Width, eps: options.NormEpsilon);
        RegisterComponents();
    }

    /// <param name="y">[B, T, inputs].</param>
    /// <param name="x">[B, T, D].</param>
    public Tensor Forward(Tensor y, Tensor x)
    {
        using var scope = NewDisposeScope();
        return _norm.forward(_dense.forward(y).Plus(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>φ(W₁ x + b).</summary>
internal sealed class BertIntermediate : nn.Module<Tensor, Tensor>
{
    private readonly BertActivation _activation;
    [ComponentName(Name = "dense")] private readonly SlotLinear _dense;

    public BertIntermediate(BertOptions options) : base(nameof(BertIntermediate))
    {
        _activation = options.Activation;
        _dense = BertLinear.Of(options.Width, options.Hidden);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _dense.forward(x);
        return (_activation switch
        {
            BertActivation.Relu => nn.functional.relu(h),
            BertActivation.GeluByTanh => Gelu.ByTanh(h),
            _ => nn.functional.gelu(h),
        }).MoveToOuterDisposeScope();
    }
}

/// <summary>tanh(W h₀ + b).</summary>
internal sealed class BertPooler : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "dense")] private readonly SlotLinear _dense;

    public BertPooler(BertOptions options) : base(nameof(BertPooler))
    {
        _dense = BertLinear.Of(options.Width, options.Width);
        RegisterComponents();
    }

    /// <param name="states">[B, T, D].</param>
    public override Tensor forward(Tensor states)
    {
        using var scope = NewDisposeScope();
        return _dense.forward(states.select(1, 0)).tanh().MoveToOuterDisposeScope();
    }
}
