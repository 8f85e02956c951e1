using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>The blocks of a <see cref="Bert"/>, each normed after its sums.</summary>
internal sealed class BertEncoder : nn.Module
{
    [ComponentName(Name = "layer")] private readonly ModuleList<Block> _blocks;

    public BertEncoder(BertOptions options) : base(nameof(BertEncoder))
    {
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new Block(options)).ToArray());
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    /// <param name="seen">[B, 1, 1, T] bool; null where all is seen.</param>
    public Tensor Forward(Tensor x, Tensor? seen)
    {
        using var scope = NewDisposeScope();
        var h = x;
        foreach (var block in _blocks) h = block.Forward(h, seen);
        return h.MoveToOuterDisposeScope();
    }

    /// <summary>a = LN(x + Attention(x)); LN(a + W₂ φ(W₁ a)).</summary>
    private sealed class Block : nn.Module
    {
        [ComponentName(Name = "attention")] private readonly BertAttention _attention;
        [ComponentName(Name = "intermediate")] private readonly BertIntermediate _intermediate;
        [ComponentName(Name = "output")] private readonly BertSum _output;

        public Block(BertOptions options) : base(nameof(Block))
        {
            _attention = new(options);
            _intermediate = new(options);
            _output = new(options.Hidden, options);
            RegisterComponents();
        }

        public Tensor Forward(Tensor x, Tensor? seen)
        {
            using var scope = NewDisposeScope();
            var a = _attention.Forward(x, seen);
            return _output.Forward(_intermediate.forward(a), a).MoveToOuterDisposeScope();
        }
    }
}
