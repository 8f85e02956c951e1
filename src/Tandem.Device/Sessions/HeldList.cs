using Tandem.Device.Storage;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Sessions;

/// <summary>
/// The cloud's last list, and what of it is left to rank. Its arrays grow when a longer list arrives and at no other time.
/// </summary>
internal sealed class HeldList
{
    private int[] _listed = [];
    private float[] _listedScores = [];
    private int _length;
    private int[] _items = [];
    private float[] _cloud = [];
    private float[] _device = [];
    private float[] _fused = [];

    /// <summary>False before the first list.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => _listed.LongLength * (2 * sizeof(int) + 4 * sizeof(float));

    /// <summary>Number of the first event that the cloud had not seen; never above the number of events.</summary>
    public long MadeAt { get; private set; }

    /// <summary>[K] every item of the list, best first.</summary>
    public ReadOnlySpan<int> Listed => _listed.AsSpan(0, _length);

    /// <summary>[K] the cloud's log-probabilities.</summary>
    public ReadOnlySpan<float> ListedScores => _listedScores.AsSpan(0, _length);

    /// <summary>Items left to rank.</summary>
    public int Count { get; private set; }

    /// <summary>[Count] in the cloud's order.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    /// <summary>[Count].</summary>
    public ReadOnlySpan<float> Cloud => _cloud.AsSpan(0, Count);

    /// <summary>[Count] to be written by the device.</summary>
    public Span<float> Device => _device.AsSpan(0, Count);

    /// <summary>[Count] to be written by the fusion.</summary>
    public Span<float> Fused => _fused.AsSpan(0, Count);

    /// <param name="list">Checked.</param>
    /// <param name="madeAt">Number of the first event that the cloud had not seen.</param>
    public void Take(CandidateList list, long madeAt)
    {
        _length = list.Items.Count;
        if (_listed.Length < _length)
        {
            (_listed, _listedScores, _items) = (new int[_length], new float[_length], new int[_length]);
            (_cloud, _device, _fused) = (new float[_length], new float[_length], new float[_length]);
        }

        for (var i = 0; i < _length; i++) (_listed[i], _listedScores[i]) = (list.Items[i], list.Scores[i]);
        (IsHeld, MadeAt, Count) = (true, madeAt, 0);
    }

    /// <summary>Counts what the cloud had seen and the user took back as not seen.</summary>
    public void TakeBack(long count) => MadeAt = Math.Min(MadeAt, count);

    /// <summary>Lets go of the list.</summary>
    public void Drop() => (IsHeld, _length, Count) = (false, 0, 0);

    /// <summary>Writes the list, where one is held.</summary>
    public void Save(SnapshotWriter writer)
    {
        if (!IsHeld) return;
        writer.Add<long>("list.madeAt", [MadeAt]);
        writer.Add("list.items", Listed);
        writer.Add("list.scores", ListedScores);
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
        return true;
    }

    /// <summary>Leaves to rank what the user has not consumed, or all.</summary>
    public void LeaveOut(UserHistory? consumed)
    {
        Count = 0;
        for (var i = 0; i < _length; i++)
        {
            if (consumed is not null && consumed.IsConsumed(_listed[i])) continue;
            (_items[Count], _cloud[Count]) = (_listed[i], _listedScores[i]);
            Count++;
        }
    }
}
