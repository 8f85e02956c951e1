using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>The second of two stages: puts candidates that an <see cref="ICandidateGenerator"/> has retrieved in another order.</summary>
public interface IListRanker
{
    /// <summary>Lists that are worth ranking at the same time; 1 or more.</summary>
    int MostAtOnce { get; }

    /// <summary><see cref="CandidateList.ModelVersion"/> of the lists that it ranks.</summary>
    /// <param name="retriever">That of the retrieved ones.</param>
    string VersionOver(string retriever);

    /// <summary>What is to be retrieved for a request: the same with as many candidates as it wants to rank.</summary>
    CandidateRequest RetrievalOf(CandidateRequest request);

    /// <summary>
    /// At most <see cref="CandidateRequest.Count"/> of the retrieved items, best first. A list that could not be ranked is the retrieved
    /// one, cut, under its own <see cref="CandidateList.ModelVersion"/>: by that the two are told apart.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="retrieved">The answer to <see cref="RetrievalOf"/>.</param>
    /// <param name="cancel">Ends the work; no list is then returned.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<CandidateList> RankAsync(CandidateRequest request, CandidateList retrieved, CancellationToken cancel = default);
}
