namespace Tandem.Device.Storage;

/// <summary>
/// Reads the records of a log, past damaged ones to those behind them. Each record's checksum goes on from that of the one before, which
/// stands in the file too: two neighbours that fit together are found wherever they lie.
/// </summary>
internal ref struct EventLogReading
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly List<LoggedEvent> _events;
    private int _at = EventLogHeader.SizeBytes;
    private int _place;             // of the record that is expected there
    private uint _checksum;         // of what lies before it
    private List<bool>? _isLost;    // of the events that still count since the first damage: an undo takes back the last of them

    private EventLogReading(ReadOnlySpan<byte> file, uint checksum)
    {
        _file = file;
        _checksum = checksum;
        _events = new((file.Length - _at) / EventRecord.SizeBytes);
    }

    /// <summary>The records that could be read, oldest first.</summary>
    public readonly IReadOnlyList<LoggedEvent> Events => _events;

    /// <summary>Records that could not.</summary>
    public int Lost { get; private set; }

    /// <summary>True where what was read is not the whole file but for a torn last record.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Of the last record, from which the next goes on where there is no damage.</summary>
    public readonly uint Checksum => _checksum;

    /// <summary>Bytes of a record at the end that was not written to its end.</summary>
    public readonly int TornBytes => IsDamaged ? 0 : _file.Length - _at;

    /// <param name="file">A whole log of this catalogue.</param>
    /// <param name="checksum">Of its header.</param>
    public static EventLogReading Of(ReadOnlySpan<byte> file, uint checksum)
    {
        var reading = new EventLogReading(file, checksum);
        while (reading._at + EventRecord.SizeBytes <= file.Length)
        {
            if (!reading.TryTake() && !reading.TryTakeWithoutChecksum()) reading.Skip();
        }

        return reading;
    }

    private readonly ReadOnlySpan<byte> Record(int at) => _file.Slice(at, EventRecord.SizeBytes);

    private bool TryTake()
    {
        if (!EventRecord.TryRead(Record(_at), _place, ref _checksum, out var e)) return false;
        Take(e);
        return true;
    }

    /// <summary>Takes a record whose checksum alone is damaged: the next one goes on from what it must have been.</summary>
    private bool TryTakeWithoutChecksum()
    {
        var next = _at + EventRecord.SizeBytes;
        if (next + EventRecord.SizeBytes > _file.Length) return false;
        var checksum = EventRecord.Append(_checksum, Record(_at));
        var after = checksum;
        if (!EventRecord.IsAt(Record(_at), _place, out var e) || !EventRecord.TryRead(Record(next), _place + 1, ref after, out _))
            return false;
        (_checksum, IsDamaged) = (checksum, true);
        Take(e);
        return true;
    }

    private void Take(in LoggedEvent e)
    {
        _at += EventRecord.SizeBytes;
        _place++;
        if (!TakesBackLost(e.Kind)) _events.Add(e);
    }

    /// <summary>True for an undo of an event that was lost: it must not take back an older one.</summary>
    private readonly bool TakesBackLost(LoggedEventKind kind)
    {
        if (_isLost is null || kind == LoggedEventKind.Forgotten) return false;
        if (kind == LoggedEventKind.Observe) _isLost.Add(false);
        if (kind != LoggedEventKind.Undo || _isLost.Count == 0) return false;
        var lost = _isLost[^1];
        _isLost.RemoveAt(_isLost.Count - 1);
        return lost;
    }

    /// <summary>Goes on at the next record that can be told for one, or at the end of the file.</summary>
    private void Skip()
    {
        IsDamaged = true;
        for (var at = _at; at + EventRecord.SizeBytes <= _file.Length; at++)
        {
            if (!Follows(at, out var place)) continue;
            Lose(place - _place);
            (_at, _place) = (at, place);
            return;
        }

        Lose((_file.Length - _at + EventRecord.SizeBytes - 1) / EventRecord.SizeBytes);
        _at = _file.Length;
    }

    /// <summary>Whether a record lies there that goes on from the last good one, or from the checksum of what lies before it.</summary>
    private bool Follows(int at, out int place)
    {
        var record = Record(at);
        place = EventRecord.Place(record);
        if (place < _place) return false; // from before: a block that is there twice
        var checksum = _checksum;
        if (place == _place && EventRecord.TryRead(record, place, ref checksum, out _)) return true;
        var before = at - EventRecord.SizeBytes;
        if (before < EventLogHeader.SizeBytes) return false;
        checksum = EventRecord.Checksum(_file[before..]);
        if (!EventRecord.TryRead(record, place, ref checksum, out _)) return false;
        _checksum = EventRecord.Checksum(_file[before..]);
        return true;
    }

    /// <summary>Counts lost records as events: most are, and what an undo says of them is then right.</summary>
    private void Lose(int records)
    {
        Lost = (int)Math.Min((long)Lost + records, int.MaxValue);
        _isLost ??= [];
        var undone = Math.Min(records, (_file.Length - _at) / EventRecord.SizeBytes + 1); // no more can be taken back by what follows
        for (var i = 0; i < undone; i++) _isLost.Add(true);
    }
}
