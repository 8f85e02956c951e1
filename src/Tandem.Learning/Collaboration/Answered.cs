using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>Lists that are made on the caller's thread, as a finished task: cancelled or failed where making them was.</summary>
internal static class Answered
{
    public static ValueTask<IReadOnlyList<CandidateList>> By(
        Func<IReadOnlyList<CandidateRequest>, CancellationToken, IReadOnlyList<CandidateList>> generate,
        IReadOnlyList<CandidateRequest> requests,
        CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return ValueTask.FromCanceled<IReadOnlyList<CandidateList>>(cancel);
        try
        {
            return new(generate(requests, cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<IReadOnlyList<CandidateList>>(cancel);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<IReadOnlyList<CandidateList>>(e);
        }
    }
}
