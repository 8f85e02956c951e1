using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Cloud.Events;
using Tandem.Data;

namespace Tandem.Cli.Service;

/// <summary>A service as its operator sees it.</summary>
internal sealed class OperatedService : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="address">Of the service.</param>
    /// <param name="key">An operator's; null for the one of the variable TANDEM_KEY.</param>
    public OperatedService(string address, string? key)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException($"--cloud {address}: no address; expected one such as https://cloud.example");
        _client = new() { BaseAddress = uri, Timeout = Timeout.InfiniteTimeSpan };
        if ((key ?? Environment.GetEnvironmentVariable("TANDEM_KEY")) is { } shown)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shown);
    }

    /// <summary>All events of the key's app in the order of their arrival, with the time of their arrival.</summary>
    public async Task<IReadOnlyList<Interaction>> EventsAsync(CancellationToken cancel)
    {
        using var answer = await RequireAsync(
            _client.GetAsync(new Uri("v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel), cancel)
            .ConfigureAwait(false);
        var stream = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var events = new List<Interaction>();
        try
        {
            await foreach (var e in JsonSerializer.DeserializeAsyncEnumerable(stream, KeptEventJson.Default.KeptEvent, cancel))
                if (e is not null) events.Add(new(e.Device, e.Item, e.Received, e.Value));
        }
        catch (JsonException)
        {
            throw new UsageException($"{_client.BaseAddress}: the service broke off within the events; try again");
        }

        return events;
    }

    /// <summary>Has a run served under a name.</summary>
    public async Task ServeAsync(string name, string run, CancellationToken cancel)
    {
        using var answer = await RequireAsync(
            _client.PostAsJsonAsync(new Uri($"v1/models/{Uri.EscapeDataString(name)}", UriKind.Relative), new { run }, cancel), cancel)
            .ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> RequireAsync(Task<HttpResponseMessage> asking, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await asking.ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new UsageException($"{_client.BaseAddress} does not answer: {e.Message}");
        }

        if (answer.IsSuccessStatusCode) return answer;
        var said = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        answer.Dispose();
        throw new UsageException($"{_client.BaseAddress} refuses, {(int)answer.StatusCode}: {DetailOf(said)}");
    }

    private static string DetailOf(string problem)
    {
        try
        {
            return JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString() ?? problem;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "it is no service of this kind";
        }
    }
}
