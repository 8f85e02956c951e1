using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

/// <summary>Answers when the test says so.</summary>
internal sealed class SlowCloud : ICloud
{
    private readonly TaskCompletionSource<CloudAnswer<CandidateList>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Calls { get; private set; }

    public async ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        Calls++;
        return await _answer.Task.WaitAsync(cancel);
    }

    public void Answer(CloudAnswer<CandidateList> answer) => _answer.SetResult(answer);
}
