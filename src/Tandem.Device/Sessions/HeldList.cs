using Tandem.Device.Models;
using Tandem.Device.Storage;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Sessions;

/// <summary>
/// The cloud's last list, what of it is left to rank, and the device's own candidates behind it. Its arrays grow when a longer list arrives
/// and at no other time.
/// </summary>
internal sealed class HeldList
{
    private readonly HashSet<int> _isListed = [];
    private int[] _listed = [];
    private float[] _listedScores = [];
    private float[] _listedBefore = [];
    private int _length;
    private int[] _items = [];
    private float[] _cloud = [];
    private float[] _device = [];
    private float[] _before = [];
    private float[] _fused = [];

    /// <summary>False before the first list.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes =>
        _listed.LongLength * (5 * sizeof(int) + 2 * sizeof(float)) + _items.LongLength * (sizeof(int) + 4 * sizeof(float));

    /// <summary>Number of the first event that the cloud had not seen; never above the number of events.</summary>
    public long MadeAt { get; private set; }

    /// <summary>Rises with every change of the list.</summary>
    public long Version { get; private set; }

    /// <summary>[K] every item of the list, best first.</summary>
    public ReadOnlySpan<int> Listed => _listed.AsSpan(0, _length);

    /// <summary>[K] the cloud's log-probabilities.</summary>
    public ReadOnlySpan<float> ListedScores => _listedScores.AsSpan(0, _length);

    /// <summary>[K] the device's scores when the list came; NaN where they are not known.</summary>
    public ReadOnlySpan<float> ListedBefore => _listedBefore.AsSpan(0, _length);

    /// <summary>Items of the list that are left to rank.</summary>
    public int Count { get; private set; }

    /// <summary>These and the device's own.</summary>
    public int CandidateCount { get; private set; }

    /// <summary>[Count] in the cloud's order.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    /// <summary>[CandidateCount] the list's in the cloud's order, then the device's own.</summary>
    public ReadOnlySpan<int> Candidates => _items.AsSpan(0, CandidateCount);

    /// <summary>[CandidateCount] the cloud's log-probabilities; NaN for the device's own.</summary>
    public ReadOnlySpan<float> Cloud => _cloud.AsSpan(0, CandidateCount);

    /// <summary>[CandidateCount] to be written by the device.</summary>
    public Span<float> Device => _device.AsSpan(0, CandidateCount);

    /// <summary>[CandidateCount] the device's scores when the list came; NaN for its own candidates.</summary>
    public ReadOnlySpan<float> Before => _before.AsSpan(0, CandidateCount);

    /// <summary>[CandidateCount] to be written by the fusion.</summary>
    public Span<float> Fused => _fused.AsSpan(0, CandidateCount);

    /// <param name="list">Checked.</param>
    /// <param name="madeAt">Number of the first event that the cloud had not seen.</param>
    public void Take(CandidateList list, long madeAt)
    {
        _length = list.Items.Count;
        if (_listed.Length < _length)
        {
            (_listed, _listedScores, _listedBefore) = (new int[_length], new float[_length], new float[_length]);
            _isListed.EnsureCapacity(_length);
            if (_items.Length < _length) Grow(_length);
        }

        _isListed.Clear();
        for (var i = 0; i < _length; i++)
        {
            (_listed[i], _listedScores[i], _listedBefore[i]) = (list.Items[i], list.Scores[i], float.NaN);
            _isListed.Add(list.Items[i]);
        }

        (IsHeld, MadeAt, Count, CandidateCount) = (true, madeAt, 0, 0);
        Version++;
    }

    /// <summary>Counts what the cloud had seen and the user took back as not seen.</summary>
    public void TakeBack(long count)
    {
        MadeAt = Math.Min(MadeAt, count);
        Version++;
    }

    /// <summary>[K] to be written by the device, whose later scores are compared with these: the list has come, or another model.</summary>
    public Span<float> CompareFromNow()
    {
        Version++;
        return _listedBefore.AsSpan(0, _length);
    }

    /// <summary>Lets go of the list.</summary>
    public void Drop()
    {
        (IsHeld, _length, Count, CandidateCount) = (false, 0, 0, 0);
        Version++;
    }

    /// <summary>Writes the list, where one is held.</summary>
    public void Save(SnapshotWriter writer)
    {
        if (!IsHeld) return;
        writer.Add<long>("list.madeAt", [MadeAt]);
        writer.Add("list.items", Listed);
        writer.Add("list.scores", ListedScores);
        writer.Add("list.before", ListedBefore);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; false where it is no list of the catalogue.</summary>
    /// <param name="reader">Of a snapshot.</param>
    /// <param name="items">V.</param>
    /// <param name="events">Of the user.</param>
    public bool TryLoad(SnapshotReader reader, int items, long events)
    {
        if (!reader.TryGet<long>("list.madeAt", out var madeAt)) return true;
        if (madeAt is not [>= 0] || madeAt[0] > events) return false;
        if (!reader.TryGet<int>("list.items", out var listed) || !reader.TryGet<float>("list.scores", out var scores)) return false;
        var list = new CandidateList
        {
            CatalogVersion = "",
            ModelVersion = "",
            HistoryLength = 0,
            Items = listed.ToArray(),
            Scores = scores.ToArray(),
        };
        if (!list.TryValidate(items, out _)) return false;
        Take(list, madeAt[0]);
        if (!reader.TryGet<float>("list.before", out var before)) return true; // of a session that kept none
        if (before.Length != _length) return false;
        foreach (var score in before)
            if (!float.IsNaN(score) && !(Math.Abs(score) <= FiniteWeights.GreatestComputed)) return false;
        before.CopyTo(_listedBefore);
        return true;
    }

    /// <summary>Leaves to rank what the user has not consumed, or all, and none of the device's own yet.</summary>
    /// <param name="consumed">Null to leave out nothing.</param>
    /// <param name="own">Most candidates of the device's own that will be added.</param>
    public void LeaveOut(UserHistory? consumed, int own)
    {
        if (_items.Length < _length + own) Grow(_length + own);
        Count = 0;
        for (var i = 0; i < _length; i++)
        {
            if (consumed is not null && consumed.IsConsumed(_listed[i])) continue;
            (_items[Count], _cloud[Count], _before[Count]) = (_listed[i], _listedScores[i], _listedBefore[i]);
            Count++;
        }

        CandidateCount = Count;
    }

    private void Grow(int most)
    {
        (_items, _cloud, _device) = (new int[most], new float[most], new float[most]);
        (_before, _fused) = (new float[most], new float[most]);
    }

    /// <summary>Adds candidates of the device's own behind what is left of the list; those that are on it are there already.</summary>
    /// <param name="items">[n], no more than were said to come.</param>
    /// <param name="scores">[n] the device's.</param>
    public void AddOwn(ReadOnlySpan<int> items, ReadOnlySpan<float> scores)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (_isListed.Contains(items[i])) continue;
            var place = CandidateCount++;
            (_items[place], _cloud[place], _device[place], _before[place]) = (items[i], float.NaN, scores[i], float.NaN);
        }
    }
}
