namespace Tandem.Data;

/// <summary>
/// Events in the order of reading, 16 bytes each, in blocks of 16 MB: a list that doubles would hold three times its content while it
/// grows, and 20 million events are 320 MB. Values take 4 bytes each from the first one on that is not 1, and nothing where all are.
/// </summary>
internal sealed class EventLog
{
    private const int BlockLength = 1 << 20;

    private readonly List<Event[]> _blocks = [];
    private readonly List<float[]> _values = []; // as many blocks, or none
    private int _inLast = BlockLength;

    public int Count => _blocks.Count == 0 ? 0 : checked((_blocks.Count - 1) * BlockLength + _inLast);

    public bool HasValues => _values.Count > 0;

    public void Add(int user, int item, long time, float value)
    {
        if (_inLast == BlockLength)
        {
            _blocks.Add(new Event[BlockLength]);
            _inLast = 0;
        }

        if (HasValues || value != 1) KeepValue(value);
        _blocks[^1][_inLast++] = new Event(time, user, item);
    }

    public IEnumerable<ReadOnlyMemory<Event>> Blocks() =>
        _blocks.Select((block, i) => (ReadOnlyMemory<Event>)block.AsMemory(0, i == _blocks.Count - 1 ? _inLast : BlockLength));

    /// <summary>The values of a block's events, or empty where all of the log's are 1.</summary>
    /// <param name="block">Its number, from 0.</param>
    public ReadOnlySpan<float> Values(int block) => HasValues ? _values[block] : [];

    private void KeepValue(float value)
    {
        while (_values.Count < _blocks.Count)
        {
            var block = new float[BlockLength];
            block.AsSpan().Fill(1);
            _values.Add(block);
        }

        _values[^1][_inLast] = value;
    }

    /// <summary>Time first, so that the layout has no holes.</summary>
    public readonly record struct Event(long Time, int User, int Item);
}
