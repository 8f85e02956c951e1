using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Cloud.Access;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Tests;

namespace Tandem.Cloud.Tests;

/// <summary>A service at a free port of this machine, spoken to over HTTP.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly WebApplication _app;

    private RunningService(WebApplication app, TemporaryFolder? folder, RecordedLog log)
    {
        (_app, _folder, Log) = (app, folder, log);
        Client = new() { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public RecordedLog Log { get; }

    public IStore Store => _app.Services.GetRequiredService<IStore>();

    public ModelRegistry Models => _app.Services.GetRequiredService<ModelRegistry>();

    public ApiKeys Keys => _app.Services.GetRequiredService<ApiKeys>();

    /// <param name="run">Served as <c>default</c>.</param>
    /// <param name="change">Of the options, which take callers without a key and have a store of their own.</param>
    public static async Task<RunningService> StartAsync(string run, Func<CloudOptions, CloudOptions>? change = null)
    {
        var folder = new TemporaryFolder();
        var options = new CloudOptions
        {
            Models = [new("default", run)],
            Store = $"sqlite:{folder["store.db"]}",
            Urls = ["http://127.0.0.1:0"],
            Access = new() { AllowAnonymous = true, Rates = new() { DevicePerSecond = 100_000, DeviceBurst = 100_000 } },
        };
        var log = new RecordedLog();
        var app = await CloudService.CreateAsync(
            change?.Invoke(options) ?? options, builder => builder.Logging.ClearProviders().AddProvider(log));
        await app.StartAsync();
        return new(app, folder, log);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body, string? device = "device", string? key = null) =>
        PostTextAsync(path, JsonSerializer.Serialize(body, JsonSerializerOptions.Web), device, key);

    public async Task<HttpResponseMessage> PostTextAsync(string path, string body, string? device = "device", string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(
            body, Encoding.UTF8, "application/json")
        };
        return await SendAsync(message, device, key);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(message, device: null, key);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, string? device, string? key)
    {
        if (device is not null) message.Headers.Add(DeviceHeader.Name, device);
        if (key is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return Client.SendAsync(message);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }
}

/// <summary>What answers say.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Requires a refusal of a kind, told as problem details, and returns what was wrong.</summary>
    public static async Task<string> RefusedAsync(this Task<HttpResponseMessage> answering, RefusalKind kind)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == kind.Status, $"{(int)answer.StatusCode} in place of {kind.Status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(kind.Code, problem.GetProperty("code").GetString());
        Assert.Equal(kind.FaultName, problem.GetProperty("kind").GetString());
        Assert.Equal(kind.Status, problem.GetProperty("status").GetInt32());
        if (kind.Status == (int)HttpStatusCode.TooManyRequests) Assert.NotNull(answer.Headers.RetryAfter);
        return problem.GetProperty("detail").GetString()!;
    }

    public static int[] Items(this JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetInt32())];

    public static float[] Scores(this JsonElement list) => [.. list.GetProperty("scores").EnumerateArray().Select(
        score => score.GetSingle())];
}
