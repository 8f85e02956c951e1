using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>LN(x + W (softmax(Q Kᵀ / √F) V)) in H heads.</summary>
internal sealed class BertAttention : nn.Module
{
    [ComponentName(Name = "self")] private readonly Heads _heads;
    [ComponentName(Name = "output")] private readonly BertSum _output;

    public BertAttention(BertOptions options) : base(nameof(BertAttention))
    {
        _heads = new(options);
        _output = new(options.Width, options);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    /// <param name="seen">[B, 1, 1, T] bool; null where all is seen.</param>
    public Tensor Forward(Tensor x, Tensor? seen)
    {
        using var scope = NewDisposeScope();
        return _output.Forward(_heads.Forward(x, seen), x).MoveToOuterDisposeScope();
    }

    private sealed class Heads : nn.Module
    {
        private readonly int _count;
        [ComponentName(Name = "query")] private readonly SlotLinear _query;
        [ComponentName(Name = "key")] private readonly SlotLinear _key;
        [ComponentName(Name = "value")] private readonly SlotLinear _value;

        public Heads(BertOptions options) : base(nameof(Heads))
        {
            _count = options.Heads;
            _query = BertLinear.Of(options.Width, options.Width);
            _key = BertLinear.Of(options.Width, options.Width);
            _value = BertLinear.Of(options.Width, options.Width);
            RegisterComponents();
        }

        public Tensor Forward(Tensor x, Tensor? seen)
        {
            using var scope = NewDisposeScope();
            var (q, k, v) = (Split(_query.forward(x)), Split(_key.forward(x)), Split(_value.forward(x)));
            var read = nn.functional.scaled_dot_product_attention(q, k, v, seen);       // [B, H, T, F]
            return read.transpose(1, 2).flatten(start_dim: 2).MoveToOuterDisposeScope();
        }

        /// <summary>[B, T, D] → [B, H, T, F].</summary>
        private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], _count, -1).transpose(1, 2);
    }
}
