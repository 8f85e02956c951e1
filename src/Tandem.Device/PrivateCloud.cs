using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>
/// A cloud that learns no item of the user's: histories go to it as codes that many items share, without times and values, and events do
/// not go at all. Lists and weights come back as of any cloud; a list may hold items that the user had, which the session leaves out.
/// </summary>
/// <remarks>
/// What it costs is for the service's operator to measure (docs/cloud.md). The device's address and its name still reach the service, and
/// so does when it asks: this hides what was met, not that somebody is there.
/// </remarks>
/// <param name="cloud">Asked in its place.</param>
/// <param name="codes">Of the device's catalogue, such as the cloud's own (<see cref="ICloud.GetItemCodesAsync"/>).</param>
public sealed class PrivateCloud(ICloud cloud, ItemCodeTable codes) : ICloud
{
    private readonly ICloud _cloud = cloud ?? throw new ArgumentNullException(nameof(cloud));
    private readonly ItemCodeTable _codes = codes ?? throw new ArgumentNullException(nameof(codes));

    /// <inheritdoc/>
    public ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FaultOf(request.CatalogVersion, request.History) is { } fault) return ValueTask.FromResult<CloudAnswer<CandidateList>>(fault);
        return _cloud.GetCandidatesAsync(
            request with { Coded = Coded(request.History), History = [], Times = null, Values = null }, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<CloudAnswer<ParameterAnswer>> GetParametersAsync(ParameterRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FaultOf(request.CatalogVersion, request.History) is { } fault) return ValueTask.FromResult<CloudAnswer<ParameterAnswer>>(fault);
        return _cloud.GetParametersAsync(
            request with { Coded = Coded(request.History), History = [], Times = null, Values = null }, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<CloudAnswer<BundleAnswer>> GetBundleAsync(BundleRequest request, CancellationToken cancel = default) =>
        _cloud.GetBundleAsync(request, cancel);

    /// <inheritdoc/>
    public ValueTask<CloudAnswer<Assignment>> GetAssignmentAsync(CancellationToken cancel = default) => _cloud.GetAssignmentAsync(cancel);

    /// <inheritdoc/>
    public ValueTask<CloudAnswer<ItemCodeTable>> GetItemCodesAsync(CancellationToken cancel = default) => _cloud.GetItemCodesAsync(cancel);

    private CodedHistory Coded(IReadOnlyList<int> history) =>
        new() { Version = _codes.Version, Codes = [.. history.Select(item => _codes[item])] };

    private CloudFault? FaultOf(string catalogVersion, IReadOnlyList<int> history)
    {
        var items = _codes.Codes.Length / sizeof(ushort);
        var fault = catalogVersion != _codes.CatalogVersion ? "the codes are of another catalogue; fetch them again"
            : history.Any(item => item < 1 || item > items) ? "an item of the history has no code"
            : null;
        return fault is null ? null : new() { Kind = CloudFaultKind.Refused, Message = $"not sent: {fault}" };
    }
}
