using System.Net.Http.Headers;
using System.Text.Json;
using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Cli.Service;

/// <summary>Requests of devices with random histories.</summary>
/// <param name="catalog">Of the items.</param>
/// <param name="seed">Of the histories and events.</param>
internal sealed class ServiceRequests(Catalog catalog, int seed)
{
    private const int LeastEvents = 5, MostEvents = 50;
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    /// <summary>A list for a history that no other number has.</summary>
    public HttpRequestMessage Candidates(long number, int count = 200)
    {
        var random = NamedSeed.Create(seed, "history", (int)number);
        var history = new int[random.Next(LeastEvents, MostEvents + 1)];
        foreach (ref var item in history.AsSpan()) item = random.Next(1, catalog.Count + 1);
        return Post(
            "v1/candidates", $"device-{number % 10_000}",
            JsonSerializer.SerializeToUtf8Bytes(
                new CandidateRequest { CatalogVersion = catalog.Version, History = history, Count = count },
                MessageJson.Default.CandidateRequest));
    }

    /// <summary>Events of a device, whose ids are told by the number.</summary>
    public HttpRequestMessage Events(long number, int size, int devices)
    {
        var random = NamedSeed.Create(seed, "events", (int)number);
        var events = new ReportedEvent[size];
        for (var i = 0; i < size; i++)
            events[i] = new() { Id = IdOf(number, i), Item = random.Next(1, catalog.Count + 1), Time = 1_700_000_000 + number };
        return Post(
            "v1/events", DeviceOf(number, devices),
            JsonSerializer.SerializeToUtf8Bytes(
                new EventBatch { CatalogVersion = catalog.Version, Events = events }, MessageJson.Default.EventBatch));
    }

    /// <summary>The id of an event of <see cref="Events"/>.</summary>
    public static string IdOf(long number, int place) => $"{number:x}-{place:x}";

    /// <summary>The device of <see cref="Events"/>.</summary>
    public static string DeviceOf(long number, int devices) => $"device-{number % devices}";

    private static HttpRequestMessage Post(string path, string device, byte[] body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = _json;
        message.Headers.Add("Tandem-Device", device);
        return message;
    }
}
