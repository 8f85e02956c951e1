using Tandem.Device;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>Lists of a service that runs elsewhere.</summary>
/// <param name="clouds">
/// The service as some devices see it, each with limits of its own; requests go to them in turn, as many at once as there are.
/// </param>
/// <param name="catalogVersion">By which requests number items.</param>
/// <param name="modelVersion">Names the weights behind the service's lists.</param>
public sealed class RemoteCandidates(IReadOnlyList<ICloud> clouds, string catalogVersion, string modelVersion) : ICandidateGenerator
{
    private const int MostTries = 20;
    private static readonly TimeSpan _leastWait = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public string CatalogVersion => catalogVersion;

    /// <inheritdoc/>
    public string ModelVersion => modelVersion;

    /// <summary>Asks a service for a list, by which it tells its weights.</summary>
    /// <param name="clouds">The service as some devices see it.</param>
    /// <param name="catalogVersion">Of the simulation's data.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="CloudException">It does not answer, or knows another catalogue.</exception>
    public static async Task<RemoteCandidates> OpenAsync(
        IReadOnlyList<ICloud> clouds, string catalogVersion, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(clouds);
        var list = await AskAsync(
            clouds[0], new() { CatalogVersion = catalogVersion, History = [1], Count = 1 }, cancel).ConfigureAwait(false);
        return new(clouds, catalogVersion, list.ModelVersion);
    }

    /// <inheritdoc/>
    /// <exception cref="CloudException">The service gave no list, after it was asked again where it was busy.</exception>
    public async ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var (lists, next) = (new CandidateList[requests.Count], -1);
        await Task.WhenAll(clouds.Take(requests.Count).Select(WorkAsync)).ConfigureAwait(false);
        return lists;

        async Task WorkAsync(ICloud cloud)
        {
            for (var i = Interlocked.Increment(ref next); i < lists.Length; i = Interlocked.Increment(ref next))
                lists[i] = await AskAsync(cloud, requests[i], cancel).ConfigureAwait(false);
        }
    }

    private static async Task<CandidateList> AskAsync(ICloud cloud, CandidateRequest request, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await cloud.GetCandidatesAsync(request, cancel).ConfigureAwait(false);
            if (answer.HasValue)
            {
                return answer.Value.CatalogVersion == request.CatalogVersion && answer.Value.TryValidate(int.MaxValue, out _)
                    ? answer.Value
                    : throw new CloudException("the cloud's list is not of the catalogue that it was asked for");
            }

            if (answer.Fault is not { Kind: CloudFaultKind.Busy or CloudFaultKind.Unreachable } fault || tries == MostTries)
                throw new CloudException($"the cloud gives no lists: {answer.Fault}");
            await Task.Delay(fault.RetryAfter > _leastWait ? fault.RetryAfter : _leastWait, cancel).ConfigureAwait(false);
        }
    }
}
