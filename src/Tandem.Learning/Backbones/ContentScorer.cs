using Tandem.Data;
using Tandem.Protocol.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What a content adds to the scores of all items, for a batch of histories. Not for use by two threads at once.</summary>
internal sealed class ContentScorer : IDisposable
{
    private readonly ContentProfile _profile;
    private readonly float[] _table;    // [V + 1, d]
    private readonly Tensor _items;     // [d, V + 1]

    public ContentScorer(JoinedContent content)
    {
        var (rows, d) = (content.Rows, content.Rows.Width);
        (_profile, _table) = (new(content.Join), new float[(rows.Items + 1) * d]);
        for (var item = 1; item <= rows.Items; item++) rows.Read(item, _table.AsSpan(item * d, d));
        using var scope = NewDisposeScope();
        _items = tensor(_table, rows.Items + 1, d).t().contiguous().DetachFromDisposeScope();
    }

    /// <summary>[B, V + 1].</summary>
    public Tensor Scores(ReadOnlySpan<History> histories)
    {
        var d = _profile.Vector.Length;
        var vectors = new float[histories.Length * d];
        for (var row = 0; row < histories.Length; row++)
        {
            Profiles.Read(_profile, _table, histories[row].Items.Span);
            _profile.Finish();
            _profile.Vector.CopyTo(vectors.AsSpan(row * d));
        }

        return tensor(vectors, histories.Length, d).matmul(_items);
    }

    public void Dispose() => _items.Dispose();
}
