using System.Runtime.InteropServices;

namespace Tandem.Learning.Baselines;

/// <summary>Sums by item for one row of a sparse matrix; costs what the row touches, not what the catalogue holds.</summary>
/// <param name="items">V.</param>
internal sealed class RowAccumulator(int items)
{
    private readonly double[] _sums = new double[items + 1]; // 0 where not touched
    private readonly List<int> _touched = [];
    private readonly List<long> _order = [];

    /// <param name="item">From 1.</param>
    /// <param name="amount">At least 0; 0 adds no entry.</param>
    public void Add(int item, double amount)
    {
        if (amount == 0) return;
        if (_sums[item] == 0) _touched.Add(item);
        _sums[item] += amount;
    }

    /// <summary>Replaces each sum by a function of its item and itself that is above 0, too.</summary>
    public void Map(Func<int, double, double> function)
    {
        foreach (var item in _touched) _sums[item] = function(item, _sums[item]);
    }

    /// <summary>Keeps the largest sums; of equal ones, those of smaller ids.</summary>
    public void KeepLargest(int count)
    {
        if (_touched.Count <= count) return;
        _order.Clear();
        foreach (var item in _touched) _order.Add(SortKey(item));
        _order.Sort();
        foreach (var key in CollectionsMarshal.AsSpan(_order)[count..]) _sums[(int)key] = 0;
        _touched.Clear();
        foreach (var key in CollectionsMarshal.AsSpan(_order)[..count]) _touched.Add((int)key);
    }

    /// <summary>The row, ascending by item; the accumulator is empty afterwards.</summary>
    public (int[] Items, float[] Values) Take()
    {
        _touched.Sort();
        var row = (Items: _touched.ToArray(), Values: new float[_touched.Count]);
        for (var i = 0; i < row.Items.Length; i++)
        {
            row.Values[i] = (float)_sums[row.Items[i]];
            _sums[row.Items[i]] = 0;
        }

        _touched.Clear();
        return row;
    }

    /// <summary>Ascending keys are falling sums, then rising ids: the bits of positive floats order as the floats do.</summary>
    private long SortKey(int item) => ((long)(int.MaxValue - BitConverter.SingleToInt32Bits((float)_sums[item])) << 32) | (uint)item;
}
