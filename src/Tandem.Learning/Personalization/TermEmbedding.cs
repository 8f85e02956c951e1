using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>An item as the mean of its terms' vectors; 0 where nothing is known of it, as of padding.</summary>
internal sealed class TermEmbedding : nn.Module
{
    private readonly Tensor _terms;     // [V + 1, M] places in the table, 0 for none
    private readonly Tensor _shares;    // [V + 1, 1] 1 / number of the item's terms
    [ComponentName(Name = "table")] private readonly Parameter _table;  // [terms + 1, d]; row 0 is no term

    /// <param name="terms">Of the items.</param>
    /// <param name="width">d.</param>
    public TermEmbedding(ItemTerms terms, int width) : base(nameof(TermEmbedding))
    {
        var most = Math.Max(1, terms.Most);
        var (ids, shares) = (new long[(terms.Items + 1) * most], new float[terms.Items + 1]);
        for (var item = 1; item <= terms.Items; item++)
        {
            var own = terms[item];
            for (var i = 0; i < own.Length; i++) ids[item * most + i] = own[i] + 1;
            shares[item] = own.Length == 0 ? 0 : 1f / own.Length;
        }

        // They go with the module, not with the scope that it is built in; they are no weights.
        _terms = tensor(ids, terms.Items + 1, most).DetachFromDisposeScope();
        _shares = tensor(shares, terms.Items + 1, 1).DetachFromDisposeScope();
        _table = nn.Parameter(TensorArithmetic.Normal(1, terms.Count + 1, width));
        RegisterComponents();
    }

    /// <param name="items">[B, T] item numbers, 0 for padding.</param>
    /// <returns>[B, T, d].</returns>
    public Tensor Read(Tensor items)
    {
        using var scope = NewDisposeScope();
        var flat = items.flatten();
        var terms = _terms.index_select(0, flat);                                       // [N, M]
        var known = terms.ne(TensorArithmetic.Zero).unsqueeze(2);
        var rows = _table.index_select(0, terms.flatten()).view(terms.shape[0], terms.shape[1], -1);
        var sums = (rows * known).sum(dim: 1) * _shares.index_select(0, flat);          // [N, d]
        return sums.view(items.shape[0], items.shape[1], -1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _terms.Dispose();
            _shares.Dispose();
        }

        base.Dispose(disposing);
    }
}
