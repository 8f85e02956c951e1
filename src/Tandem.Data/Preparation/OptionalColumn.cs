namespace Tandem.Data.Preparation;

/// <summary>
/// A column beside the events of a log, in blocks as long as theirs; it takes no memory while every event has the usual value.
/// </summary>
/// <param name="usual">The value of events for which nothing was set.</param>
/// <param name="blockLength">Events of a block.</param>
internal sealed class OptionalColumn<T>(T usual, int blockLength)
    where T : struct, IEquatable<T>
{
    private readonly List<T[]> _blocks = []; // as many as the log has, or none

    public bool IsThere => _blocks.Count > 0;

    /// <summary>The values of a block's events, or empty where all of the log's are the usual one.</summary>
    public ReadOnlySpan<T> this[int block] => IsThere ? _blocks[block] : [];

    /// <summary>Sets the value of an event in the log's last block.</summary>
    public void Set(int block, int at, T value)
    {
        if (!IsThere && value.Equals(usual)) return;
        while (_blocks.Count <= block)
        {
            var added = new T[blockLength];
            added.AsSpan().Fill(usual);
            _blocks.Add(added);
        }
        _blocks[block][at] = value;
    }
}
