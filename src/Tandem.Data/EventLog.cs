namespace Tandem.Data;

/// <summary>
/// Events in the order of reading, 16 bytes each, in blocks of 16 MB: a list that doubles would hold three times its content while it
/// grows, and 20 million events are 320 MB.
/// </summary>
internal sealed class EventLog
{
    private const int BlockLength = 1 << 20;

    private readonly List<Event[]> _blocks = [];
    private int _inLast = BlockLength;

    public int Count => _blocks.Count == 0 ? 0 : checked((_blocks.Count - 1) * BlockLength + _inLast);

    public void Add(int user, int item, long time)
    {
        if (_inLast == BlockLength)
        {
            _blocks.Add(new Event[BlockLength]);
            _inLast = 0;
        }
        _blocks[^1][_inLast++] = new Event(time, user, item);
    }

    public IEnumerable<ReadOnlyMemory<Event>> Blocks() =>
        _blocks.Select((block, i) => (ReadOnlyMemory<Event>)block.AsMemory(0, i == _blocks.Count - 1 ? _inLast : BlockLength));

    /// <summary>Time first, so that the layout has no holes.</summary>
    public readonly record struct Event(long Time, int User, int Item);
}
