using System.Text.Json;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>The cloud service over HTTP. Any number of threads may use it at once; it keeps nothing between two calls.</summary>
/// <remarks>
/// What fails is a <see cref="CloudFault"/>: no connection, no answer before the deadline and an answer that breaks off are
/// <c>unreachable</c>; an answer that is too long, of another type or not to be read is <c>failed</c>; a refusal of the service is what it
/// says it is. No answer is held in memory beyond its limit, and no message quotes a key. It retries nothing: what retries, and where a
/// proxy or certificates are set, is the client's handlers' matter.
/// </remarks>
public sealed class HttpCloud : ICloud
{
    private readonly HttpClient _client;
    private readonly HttpCloudOptions _options;
    private readonly Uri _candidates;
    private readonly Uri _parameters;
    private readonly Uri _events;
    private readonly Uri _assignment;
    private readonly Uri _codes;
    private readonly BundleDownload _bundles;

    /// <param name="client">
    /// The app's own, with the service's address as <see cref="HttpClient.BaseAddress"/>: absolute, a path is kept. Never disposed of here.
    /// </param>
    /// <param name="options">Who asks.</param>
    /// <exception cref="ArgumentException">An argument is null, or the options or the address have faults; the message lists them all.
    /// </exception>
    public HttpCloud(HttpClient client, HttpCloudOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate().ToList();
        if (client.BaseAddress is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "" } address)
        {
            throw new ArgumentException(
                "the client's BaseAddress is no absolute http or https address without user and query", nameof(client));
        }

        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_client, _options) = (client, options);
        var root = $"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/";
        (_candidates, _parameters, _events) = (new(root + "candidates"), new(root + "parameters"), new(root + "events"));
        (_assignment, _codes) = (new(root + "assignment"), new(root + "codes"));
        _bundles = new(client, options, root + "bundles/");
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.TryValidate(int.MaxValue, out var fault)) return Refused(fault);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, MessageJson.Default.CandidateRequest);
        var answer = await new HttpCall<CandidateList>(_client, _options, _options.CandidateDeadline)
            .PostAsync(_candidates, body, _options.MostListBytes, MessageJson.Default.CandidateList, cancel).ConfigureAwait(false);
        return answer.Value?.TryValidate(int.MaxValue, out fault) == false ? Failed($"the list is refused: {fault}") : answer;
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<ParameterAnswer>> GetParametersAsync(ParameterRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.TryValidate(int.MaxValue, out var fault)) return Refused(fault);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, MessageJson.Default.ParameterRequest);
        return await new HttpCall<ParameterAnswer>(_client, _options, _options.ParameterDeadline)
            .PostAsync(_parameters, body, _options.MostPacketBytes, MessageJson.Default.ParameterAnswer, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The manifest is read and, where a key is set, its signature verified before any other file is asked for; files are as long as the
    /// manifest says or the bundle is refused. <see cref="BundleAnswer.TryOpen"/> checks their hashes.
    /// </remarks>
    public async ValueTask<CloudAnswer<BundleAnswer>> GetBundleAsync(BundleRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.TryValidate(out var fault) ? await _bundles.GetAsync(request, cancel).ConfigureAwait(false) : Refused(fault);
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<EventReceipt>> SendEventsAsync(EventBatch batch, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!batch.TryValidate(int.MaxValue, out var fault)) return Refused(fault);
        var body = JsonSerializer.SerializeToUtf8Bytes(batch, MessageJson.Default.EventBatch);
        var answer = await new HttpCall<EventReceipt>(_client, _options, _options.EventDeadline)
            .PostAsync(_events, body, _options.MostListBytes, MessageJson.Default.EventReceipt, cancel).ConfigureAwait(false);
        return answer.Value?.TryValidate(batch.Events.Count, out fault) == false ? Failed($"the receipt is refused: {fault}") : answer;
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<Assignment>> GetAssignmentAsync(CancellationToken cancel = default)
    {
        var answer = await new HttpCall<Assignment>(_client, _options, _options.CandidateDeadline)
            .GetAsync(_assignment, _options.MostListBytes, MessageJson.Default.Assignment, cancel).ConfigureAwait(false);
        return answer.Value?.Rules?.Validate() is [var fault, ..] ? Failed($"the assignment is refused: {fault}") : answer;
    }

    /// <inheritdoc/>
    public async ValueTask<CloudAnswer<ItemCodeTable>> GetItemCodesAsync(CancellationToken cancel = default)
    {
        var answer = await new HttpCall<ItemCodeTable>(_client, _options, _options.CandidateDeadline)
            .GetAsync(_codes, _options.MostListBytes, MessageJson.Default.ItemCodeTable, cancel).ConfigureAwait(false);
        return answer.Value is { } table && !table.TryValidate(table.Codes.Length / sizeof(ushort), out var fault)
            ? Failed($"the codes are refused: {fault}")
            : answer;
    }

    private static CloudFault Refused(string fault) => new() { Kind = CloudFaultKind.Refused, Message = $"not sent: {fault}" };

    private static CloudFault Failed(string message) => new() { Kind = CloudFaultKind.Failed, Message = message };
}
