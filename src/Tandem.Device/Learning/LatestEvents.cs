namespace Tandem.Device.Learning;

/// <summary>The events that a user's model learns from, oldest first; their rows are held.</summary>
/// <param name="Items">[N] item ids.</param>
/// <param name="Times">[N] unix seconds.</param>
/// <param name="Values">[N] strengths.</param>
internal readonly record struct LatestEvents(int[] Items, long[] Times, float[] Values)
{
    /// <summary>N.</summary>
    public int Count => Items.Length;
}
