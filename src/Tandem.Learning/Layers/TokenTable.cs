using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>A row for each token, W[token], kept in any float type.</summary>
internal sealed class TokenTable : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // [V, D]

    /// <param name="rows">V.</param>
    /// <param name="width">D.</param>
    /// <param name="unfilled">
    /// Type of rows that a checkpoint will fill; null, the default, to draw them from a normal distribution of deviation 1 (Torch's).
    /// </param>
    public TokenTable(int rows, int width, ScalarType? unfilled = null) : base(nameof(TokenTable))
    {
        _weight = nn.Parameter(unfilled is { } type ? empty(rows, width, dtype: type) : randn(rows, width));
        RegisterComponents();
    }

    /// <summary>W, [V, D].</summary>
    public Parameter Weight => _weight;

    /// <param name="tokens">[...] int64.</param>
    /// <returns>[..., D].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return _weight.index_select(0, tokens.reshape(-1)).view([.. tokens.shape, _weight.shape[1]]).MoveToOuterDisposeScope();
    }
}
