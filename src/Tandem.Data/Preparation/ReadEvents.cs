namespace Tandem.Data.Preparation;

/// <summary>
/// Events in the order of reading, 16 bytes each, in blocks of 16 MB: a list that doubles would hold three times its content while it
/// grows, and 20 million events are 320 MB. Values take 4 bytes each from the first one on that is not 1, and so do parts of seconds from
/// the first time on that is not a whole one.
/// </summary>
internal sealed class ReadEvents
{
    private const int BlockLength = 1 << 20;

    private readonly List<Event[]> _blocks = [];
    private int _inLast = BlockLength;

    public int Count => _blocks.Count == 0 ? 0 : checked((_blocks.Count - 1) * BlockLength + _inLast);

    public OptionalColumn<float> Values { get; } = new(usual: 1, BlockLength);

    /// <summary>What times have beyond the whole second, in units of 2⁻³² s.</summary>
    public OptionalColumn<uint> Fractions { get; } = new(usual: 0, BlockLength);

    /// <param name="user">Number of the user.</param>
    /// <param name="item">Number of the item.</param>
    /// <param name="event">Time and value.</param>
    public void Add(int user, int item, in Interaction @event)
    {
        if (_inLast == BlockLength)
        {
            _blocks.Add(new Event[BlockLength]);
            _inLast = 0;
        }

        Values.Set(_blocks.Count - 1, _inLast, @event.Value);
        Fractions.Set(_blocks.Count - 1, _inLast, @event.Fraction);
        _blocks[^1][_inLast++] = new Event(@event.Time, user, item);
    }

    public IEnumerable<ReadOnlyMemory<Event>> Blocks() =>
        _blocks.Select((block, i) => (ReadOnlyMemory<Event>)block.AsMemory(0, i == _blocks.Count - 1 ? _inLast : BlockLength));

    /// <summary>Time first, so that the layout has no holes.</summary>
    public readonly record struct Event(long Time, int User, int Item);
}
