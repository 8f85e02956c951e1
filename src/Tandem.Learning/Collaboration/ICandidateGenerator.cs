using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>The cloud's half of the loop: history → ranked items with scores.</summary>
public interface ICandidateGenerator
{
    /// <summary>Names the weights behind the lists.</summary>
    string ModelVersion { get; }

    /// <summary>One list per request, in the order of the requests. No list holds an item of its request's history.</summary>
    /// <param name="requests">Item ids of the generator's own catalogue version.</param>
    IReadOnlyList<CandidateList> Generate(IReadOnlyList<CandidateRequest> requests);
}
