namespace Tandem.Device;

/// <summary>Candidates of one ranking with what each side says of them: those of the list that are left, then the device's own.</summary>
/// <param name="Items">[N] item ids, each once.</param>
/// <param name="Cloud">[N] the cloud's log-probabilities; NaN for an item that is not on its list.</param>
/// <param name="Device">[N] the device's scores; NaN for an item that it cannot score.</param>
/// <param name="Before">[N] the scores that the device gave when the list came; NaN where they are not known.</param>
/// <param name="ListAge">Events observed since the cloud made the list.</param>
public sealed record CandidateScores(int[] Items, float[] Cloud, float[] Device, float[] Before, int ListAge);
