using Tandem.Device.Items;
using Tandem.Device.Sessions;
using Tandem.Protocol.Items;

namespace Tandem.Device;

/// <summary>
/// What items are like, added to a user's scores: the inner product of an item's content vector with that of the last events. The user's
/// vector is made anew when the events or the rows have changed, and is a function of the last events alone.
/// </summary>
/// <param name="join">Of the content.</param>
/// <param name="rows">By place, as the items' own rows.</param>
/// <param name="history">Keeps at least the events that are read.</param>
internal sealed class ContentScores(ContentJoin join, ItemRows rows, UserHistory history)
{
    private const int Tile = 512;       // scores added at once, as many as a tile of a ranking

    private readonly ContentProfile _profile = new(join);
    private readonly ItemQuery _query = new(join.Width);
    private readonly float[] _row = new float[join.Width];
    private readonly float[] _added = new float[Tile];
    private long _version = -1;         // of the history that the vector is of
    private bool _isKnown;              // that it is not zero

    /// <summary>Of the content.</summary>
    public string Name => join.Name;

    /// <summary>Bytes that it holds beside the rows.</summary>
    public long SizeBytes => _profile.SizeBytes + _query.SizeBytes + (_row.Length + _added.Length) * sizeof(float);

    /// <summary>Makes the vector anew before it is next used, because rows arrived.</summary>
    public void Invalidate() => _version = -1;

    /// <summary>Adds to the scores of chosen items.</summary>
    /// <param name="user">Knows where rows lie.</param>
    /// <param name="places">[N] of the items' rows.</param>
    /// <param name="scores">[N].</param>
    public void AddTo(UserModel user, ReadOnlySpan<int> places, Span<float> scores)
    {
        if (!BringUpToDate(user)) return;
        for (var from = 0; from < places.Length; from += Tile)
        {
            var part = places.Slice(from, Math.Min(Tile, places.Length - from));
            rows.Score(_query, part, _added.AsSpan(0, part.Length));
            Add(_added.AsSpan(0, part.Length), scores[from..]);
        }
    }

    /// <summary>Adds to the scores of neighbouring items of a table.</summary>
    /// <param name="user">Knows where rows lie.</param>
    /// <param name="first">Item id.</param>
    /// <param name="scores">[N].</param>
    public void AddToRange(UserModel user, int first, Span<float> scores)
    {
        if (!BringUpToDate(user)) return;
        for (var from = 0; from < scores.Length; from += Tile)
        {
            var added = _added.AsSpan(0, Math.Min(Tile, scores.Length - from));
            rows.ScoreRange(_query, first + from, added);
            Add(added, scores[from..]);
        }
    }

    private static void Add(ReadOnlySpan<float> added, Span<float> scores) =>
        System.Numerics.Tensors.TensorPrimitives.Add(scores[..added.Length], added, scores);

    /// <summary>False where nothing is known of what the user's items are like.</summary>
    private bool BringUpToDate(UserModel user)
    {
        if (_version == history.Version) return _isKnown;
        _profile.Clear();
        var read = (int)Math.Min(_profile.Recent, history.Count - history.First);
        for (var age = 0; age < read; age++)
        {
            if (!user.TryPlace(history.ItemAt(history.Count - 1 - age), out var place)) continue;
            rows.Read(place, _row);
            _profile.Add(_row, age);
        }

        _isKnown = _profile.Finish();
        if (_isKnown) _query.Set(_profile.Vector);
        _version = history.Version;
        return _isKnown;
    }
}
