namespace Tandem.Device.Collaboration;

/// <summary>
/// Candidates with what each source says of them. They may come from the cloud's list, from the device's own table or from both, in any
/// order: <see cref="float.NaN"/> stands where a source has no score, and every other score is finite.
/// </summary>
public readonly ref struct FusionCandidates
{
    /// <param name="cloud">[N] log-probabilities from the cloud; NaN for an item that is not on its list.</param>
    /// <param name="device">[N] the device's scores of the same items; NaN for an item that it cannot score.</param>
    /// <param name="listAge">Events observed since the cloud made its list; 0 without a list.</param>
    /// <exception cref="ArgumentException">One source has more scores than the other.</exception>
    public FusionCandidates(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int listAge) : this(cloud, device, [], listAge)
    {
    }

    /// <param name="cloud">[N] log-probabilities from the cloud; NaN for an item that is not on its list.</param>
    /// <param name="device">[N] the device's scores of the same items; NaN for an item that it cannot score.</param>
    /// <param name="before">
    /// [N] the scores that the device gave when the list came; NaN for an item that is not on it. Empty where they are not known.
    /// </param>
    /// <param name="listAge">Events observed since the cloud made its list; 0 without a list.</param>
    /// <exception cref="ArgumentException">One source has more scores than the other.</exception>
    public FusionCandidates(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, ReadOnlySpan<float> before, int listAge)
    {
        if (cloud.Length != device.Length || (!before.IsEmpty && before.Length != cloud.Length))
        {
            throw new ArgumentException(
                $"{cloud.Length} cloud scores, {device.Length} device scores and {before.Length} from before; expected one of each per "
                + "candidate");
        }

        Cloud = cloud;
        Device = device;
        Before = before;
        ListAge = listAge;
    }

    /// <summary>[N] log-probabilities from the cloud; NaN for an item that is not on its list.</summary>
    public ReadOnlySpan<float> Cloud { get; }

    /// <summary>[N] the device's scores of the same items; NaN for an item that it cannot score.</summary>
    public ReadOnlySpan<float> Device { get; }

    /// <summary>
    /// [N] the device's scores when the list came; NaN for an item that is not on it. Empty where they are not known.
    /// </summary>
    public ReadOnlySpan<float> Before { get; }

    /// <summary>Events observed since the cloud made its list; 0 without a list.</summary>
    public int ListAge { get; }

    /// <summary>N.</summary>
    public int Count => Cloud.Length;
}
