using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

/// <summary>Answers as the test says and remembers what it was asked.</summary>
internal sealed class FakeCloud(Func<CandidateRequest, CloudAnswer<CandidateList>> answer) : ICloud
{
    public List<CandidateRequest> Requests { get; } = [];

    public ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        Requests.Add(request);
        return ValueTask.FromResult(answer(request));
    }
}
