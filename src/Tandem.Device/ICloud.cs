using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What a device can ask of the cloud.</summary>
public interface ICloud
{
    /// <summary>A list of candidates for a history.</summary>
    /// <exception cref="IOException">The cloud cannot be reached; likewise <see cref="HttpRequestException"/>.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    ValueTask<CandidateList> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default);
}
