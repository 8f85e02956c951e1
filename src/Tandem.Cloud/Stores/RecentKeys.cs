namespace Tandem.Cloud.Stores;

/// <summary>
/// The numbers of the keys that were used lately, at most a given number of them: two generations, of which the older is dropped as soon as
/// the younger is half of all. A key that is used in every generation stays. Not for use by two threads at once.
/// </summary>
/// <param name="most">2 or more; 1 counts as 2.</param>
internal sealed class RecentKeys<TKey>(int most) where TKey : notnull
{
    private readonly int _half = Math.Max(1, most / 2);
    private Dictionary<TKey, long> _young = [], _old = [];

    public int Count => _young.Count + _old.Count;

    public bool TryGet(TKey key, out long number)
    {
        if (_young.TryGetValue(key, out number)) return true;
        if (!_old.Remove(key, out number)) return false;
        Add(key, number);
        return true;
    }

    public void Add(TKey key, long number)
    {
        if (_young.Count >= _half) (_old, _young) = (_young, []);
        _young[key] = number;
    }

    public void Remove(TKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
