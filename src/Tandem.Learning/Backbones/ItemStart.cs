using Tandem.Learning.Layers;
using Tandem.Learning.Text;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What an item table starts from in place of random numbers.</summary>
internal static class ItemStart
{
    /// <summary>Gives the items that have a vector that row, in the first of its dimensions; other elements stay as they are.</summary>
    /// <param name="items">[V + 1, D]; row 0 is padding.</param>
    /// <param name="start">Of these V items, of at most D dimensions.</param>
    /// <exception cref="ArgumentException">The vectors are those of another catalogue, or too wide.</exception>
    public static void Fill(RowTable items, ItemVectors start)
    {
        var (count, width) = ((int)items.Weight.shape[0] - 1, items.Weight.shape[1]);
        if (start.Items != count || start.Width > width)
        {
            throw new ArgumentException(
                $"vectors of {start.Items} items in {start.Width} dimensions for a table of {count} in {width}; "
                    + "make them of the model's data set", nameof(start));
        }

        var known = Enumerable.Range(1, start.Items).Where(start.Has).Select(item => (long)item).ToArray();
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var rows = tensor(start.Values.ToArray(), start.Items + 1, start.Width).index_select(0, tensor(known));
        items.Weight.narrow(1, 0, start.Width).index_copy_(0, tensor(known), rows);
    }
}
