using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>The cloud's half of the loop: history → ranked items with scores.</summary>
public interface ICandidateGenerator
{
    /// <summary>Names the item numbering of requests and lists.</summary>
    string CatalogVersion { get; }

    /// <summary>Names the weights behind the lists.</summary>
    string ModelVersion { get; }

    /// <summary>
    /// Tokens that a language model reads or writes for an item, by which calls to it are paid; 1, the default, for other models.
    /// </summary>
    int TokensPerItem => 1;

    /// <summary>
    /// One list per request, in the order of the requests: at most <see cref="CandidateRequest.Count"/> distinct items, best first, with
    /// finite scores, and no item of the request's history unless <see cref="CandidateRequest.IncludeSeen"/> asks for it. A list depends on
    /// its own request alone, up to rounding.
    /// </summary>
    /// <param name="requests">Item ids of the generator's own catalogue version.</param>
    /// <param name="cancel">
    /// Ends the work between two pieces of it, cancellation by a deadline included
    /// (<see cref="CancellationTokenSource.CancelAfter(TimeSpan)"/>); no list is then returned.
    /// </param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default);
}
