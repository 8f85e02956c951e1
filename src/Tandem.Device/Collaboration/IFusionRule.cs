namespace Tandem.Device.Collaboration;

/// <summary>Cloud score, device score, age → final score of a candidate.</summary>
public interface IFusionRule
{
    /// <summary>Fuses the scores of one list.</summary>
    /// <param name="cloud">[K] log-probabilities from the cloud.</param>
    /// <param name="device">[K] the device's logits for the same items.</param>
    /// <param name="age">Events observed since the cloud made the list.</param>
    /// <param name="destination">[K] final scores, higher is better; only their order has a meaning.</param>
    void Fuse(ReadOnlySpan<float> cloud, ReadOnlySpan<float> device, int age, Span<float> destination);
}
