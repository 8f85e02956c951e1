namespace Tandem.Device.Items;

/// <summary>Slots in the order of their last use: a ring of links, so that a touch costs six writes whatever the number of slots.</summary>
internal sealed class RecencyOrder
{
    // The place after the last slot is the ring's seam: newer than it is the oldest slot, older than it the newest.
    private readonly int[] _newer;
    private readonly int[] _older;
    private readonly int _seam;

    /// <param name="slots">Slot 0 is the oldest at first, the last slot the newest.</param>
    public RecencyOrder(int slots)
    {
        _seam = slots;
        (_newer, _older) = (new int[slots + 1], new int[slots + 1]);
        for (var slot = 0; slot <= slots; slot++) Link(slot, slot == 0 ? _seam : slot - 1, slot == _seam ? 0 : slot + 1);
    }

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => (_newer.LongLength + _older.LongLength) * sizeof(int);

    /// <summary>The slot whose last use is the longest ago.</summary>
    public int Oldest => _newer[_seam];

    /// <summary>Every slot, the newest last.</summary>
    public IEnumerable<int> FromOldest()
    {
        for (var slot = Oldest; slot != _seam; slot = _newer[slot]) yield return slot;
    }

    /// <summary>Makes a slot the newest.</summary>
    public void Touch(int slot)
    {
        (_newer[_older[slot]], _older[_newer[slot]]) = (_newer[slot], _older[slot]);
        var newest = _older[_seam];
        Link(slot, newest, _seam);
        (_newer[newest], _older[_seam]) = (slot, slot);
    }

    private void Link(int slot, int older, int newer) => (_older[slot], _newer[slot]) = (older, newer);
}
