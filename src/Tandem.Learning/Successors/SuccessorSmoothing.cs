using Tandem.Learning.Baselines;
using Tandem.Learning.Text;

namespace Tandem.Learning.Successors;

/// <summary>
/// Counts lent by items that are alike: c'(a, b) = c(a, b) + λ (Σ w(a, a′) c(a′, b) + Σ w(b′, b) c(a, b′)), over the neighbours a′ of a
/// and those b′ of which b is a neighbour: what followed items like a, and items like what followed a. So pairs that never occurred in
/// training have counts too. w(a, ·) is softmax(cos / 0.1) over the neighbours of a.
/// </summary>
/// <param name="neighbours">By the items' vectors.</param>
/// <param name="strength">λ, 0 or more.</param>
public sealed class SuccessorSmoothing(Neighbours neighbours, double strength)
{
    private const double Temperature = 0.1;

    /// <summary>λ.</summary>
    public double Strength => strength;

    /// <summary>Adds up c'(item, ·).</summary>
    /// <param name="counts">c by rows.</param>
    /// <param name="item">1 … V.</param>
    /// <param name="row">Receives the sums.</param>
    internal void Count(SparseRows counts, int item, RowAccumulator row)
    {
        Span<double> weights = stackalloc double[neighbours.Count];
        AddRow(counts, item, 1, row);
        if (strength == 0) return;
        Weights(item, weights);
        for (var k = 0; k < weights.Length && weights[k] > 0; k++)
            AddRow(counts, neighbours.Items(item)[k], strength * weights[k], row);
        var followed = counts.ItemsOf(item);
        var values = counts.ValuesOf(item);
        for (var i = 0; i < followed.Length; i++)
        {
            Weights(followed[i], weights);
            for (var k = 0; k < weights.Length && weights[k] > 0; k++)
                row.Add(neighbours.Items(followed[i])[k], strength * weights[k] * values[i]);
        }
    }

    private static void AddRow(SparseRows counts, int item, double weight, RowAccumulator row)
    {
        var items = counts.ItemsOf(item);
        var values = counts.ValuesOf(item);
        for (var i = 0; i < items.Length; i++) row.Add(items[i], weight * values[i]);
    }

    /// <summary>[K] of an item's neighbours; 0 from the first that is missing on.</summary>
    private void Weights(int item, Span<double> weights)
    {
        weights.Clear();
        var items = neighbours.Items(item);
        var cosines = neighbours.Cosines(item);
        var total = 0.0;
        for (var k = 0; k < weights.Length && items[k] != 0; k++)
            total += weights[k] = Math.Exp((cosines[k] - cosines[0]) / Temperature);
        if (total > 0)
            for (var k = 0; k < weights.Length; k++) weights[k] /= total;
    }
}
