using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What a device can ask of the cloud.</summary>
public interface ICloud
{
    /// <summary>A list of candidates for a history.</summary>
    ValueTask<CandidateList> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default);
}
