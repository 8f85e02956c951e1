using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Learning.Text;
using Tandem.Protocol.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What a content adds to the scores of all items, for a batch of histories. Not for use by two threads at once.</summary>
internal sealed class ContentScorer : IDisposable
{
    private readonly ContentProfile _profile;
    private readonly float[] _table;    // [V + 1, d]
    private readonly Tensor _items;     // [d, V + 1]

    /// <summary>Those of a model's contents that count.</summary>
    /// <param name="contents">Weight 0 changes nothing: none is made of it.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="ArgumentException">A content is that of another catalogue.</exception>
    public static ContentScorer[] Of(IReadOnlyList<JoinedContent> contents, int items)
    {
        if (contents.FirstOrDefault(content => content.Rows.Items != items) is { } other)
        {
            throw new ArgumentException(
                $"content '{other.Join.Name}' of {other.Rows.Items} items beside a model of {items}; make it of the model's data set",
                nameof(contents));
        }

        return [.. contents.Where(content => content.Join.Weight > 0).Select(content => new ContentScorer(content))];
    }

    private ContentScorer(JoinedContent content)
    {
        var (rows, d) = (content.Rows, content.Rows.Width);
        (_profile, _table) = (new(content.Join), Profiles.Table(rows));
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

    /// <summary>
    /// [B × (V + 1)]: the same outside Torch, but that items of a history have what the others of it say of them (see
    /// <see cref="Profiles.OfOthers"/>).
    /// </summary>
    public float[] OfOthers(ReadOnlySpan<History> histories)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (values, width) = (TensorValues.Copy(Scores(histories)), (int)_items.shape[1]);
        for (var row = 0; row < histories.Length; row++)
        {
            var history = histories[row].Items.Span;
            foreach (var item in Profiles.ItemsOf(_profile, history))
                values[row * width + item] = Profiles.OfOthers(_profile, _table, history, item);
        }

        return values;
    }

    public void Dispose() => _items.Dispose();
}
