namespace Tandem.Device.Models;

/// <summary>
/// What a model carries of one user between two events. It is a function of the events from <c>BackboneShape.FirstSeen</c>
/// on, so it can be made anew from them at any time. A session allocates it once, and its snapshot holds what is carried, output and times.
/// </summary>
/// <param name="carried">Number of floats that the next step reads.</param>
/// <param name="scratch">Number of floats that no step reads before it wrote them.</param>
/// <param name="width">D.</param>
/// <param name="times">Number of times that the runner keeps.</param>
public sealed class UserState(int carried, int scratch, int width, int times)
{
    // Not aligned: that takes pinned memory, which is collected late, and users come and go.
    private readonly float[] _carried = new float[carried];
    private readonly float[] _scratch = new float[scratch];
    private readonly float[] _output = new float[width];
    private readonly long[] _times = new long[times];

    /// <summary>
    /// Events taken in since the state was empty, at most T unless the state is never reset. <see cref="Runner.Advance"/> counts them.
    /// </summary>
    public int Events { get; internal set; }

    /// <summary>What the next step reads; its layout is the runner's.</summary>
    public Span<float> Carried => _carried;

    /// <summary>Scratch: every step and every ranking may overwrite it; its layout is the runner's.</summary>
    public Span<float> Scratch => _scratch;

    /// <summary>[D] by which items are scored. Zeros before the first event.</summary>
    public Span<float> Output => _output;

    /// <summary>Unix seconds; which ones is the runner's to say.</summary>
    public Span<long> Times => _times;

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => (_carried.Length + _scratch.Length + (long)_output.Length) * sizeof(float) + _times.Length * sizeof(long);

    /// <summary>Empty again. What was carried is never read beyond <see cref="Events"/>, so it need not be cleared.</summary>
    public void Reset()
    {
        Events = 0;
        Output.Clear();
    }
}
