using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Tandem.Data.Published;

/// <summary>Fetches files that may be large over lines that may break: what has arrived is kept, also for the next run.</summary>
internal sealed class ResumableDownload
{
    private readonly HttpClient _http;
    private readonly DownloadOptions _options;
    private readonly IProgress<DownloadProgress>? _progress;

    public ResumableDownload(HttpClient http, DownloadOptions options, IProgress<DownloadProgress>? progress) =>
        (_http, _options, _progress) = (http, options, progress);

    /// <param name="url">Where the file lies.</param>
    /// <param name="path">Where it goes; a file there is overwritten when the last byte is here.</param>
    /// <param name="name">Its name in reports.</param>
    /// <param name="cancel">Ends the download; what has arrived is kept.</param>
    /// <exception cref="DatasetException">The server refuses, or the line broke too often in a row.</exception>
    public async Task FetchAsync(Uri url, string path, string name, CancellationToken cancel)
    {
        var part = new PartialFile(path, url);
        var pipeline = Retrying(name, part);
        long before;
        do
        {
            before = part.Length;
            try
            {
                await pipeline.ExecuteAsync(async token => await ContinueAsync(url, part, name, token), cancel);
                part.Finish();
                return;
            }
            catch (Exception e) when (IsTransient(e) && part.Length <= before)
            {
                throw new DatasetException(
                    Said(e), url.AbsoluteUri, "a file to download",
                        "check the connection and run the command again: it goes on where it stopped", e);
            }
            catch (Exception e) when (IsTransient(e))
            {
                // Bytes arrived, so the line is bad but there: the tries are counted anew.
            }
        }
        while (true);
    }

    /// <summary>A small text, such as a checksum.</summary>
    /// <exception cref="DatasetException">As <see cref="FetchAsync"/>.</exception>
    public async Task<string> ReadTextAsync(Uri url, CancellationToken cancel)
    {
        var path = Path.GetTempFileName();
        try
        {
            await FetchAsync(url, path, url.Segments[^1], cancel);
            return await File.ReadAllTextAsync(path, cancel);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task ContinueAsync(Uri url, PartialFile part, string name, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (part.Tag is { } tag)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (IsWhole(response, part)) return;
        RequireSuccess(response, url, part);
        if (!GoesOn(response, part)) part.Restart(response.Headers.ETag);
        await CopyAsync(response, part, name, cancel);
    }

    private async Task CopyAsync(HttpResponseMessage response, PartialFile part, string name, CancellationToken cancel)
    {
        var total = part.Length + response.Content.Headers.ContentLength;
        await using var source = await response.Content.ReadAsStreamAsync(cancel);
        await using var file = part.Append();
        var (received, buffer) = (file.Length, new byte[1 << 16]);
        int read;
        while ((read = await ReadAsync(source, buffer, cancel)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            _progress?.Report(new DownloadProgress(name, received += read, total));
        }
        if (received < total) throw new IOException($"the connection ended after {received} of {total} bytes");
    }

    private async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(_options.Silence);
        try
        {
            return await source.ReadAsync(buffer, silence.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"no byte came for {_options.Silence.TotalSeconds:0} seconds");
        }
    }

    /// <summary>A run that was ended between the last byte and the renaming left a part that has no rest.</summary>
    private static bool IsWhole(HttpResponseMessage response, PartialFile part) =>
        response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && part.Tag is not null
        && response.Content.Headers.ContentRange?.Length == part.Length;

    private static bool GoesOn(HttpResponseMessage response, PartialFile part) =>
        response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length
        && part.Tag is { } tag && (response.Headers.ETag is null || response.Headers.ETag.Equals(tag));

    private static void RequireSuccess(HttpResponseMessage response, Uri url, PartialFile part)
    {
        var status = response.StatusCode;
        if (status == HttpStatusCode.OK || GoesOn(response, part)) return;
        if (status is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            part.Discard();
            throw new IOException("the server sent another part than the one asked for");
        }
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500)
            throw new IOException($"the server answered {(int)status} {response.ReasonPhrase}");
        throw new DatasetException(
            $"the server answered {(int)status} {response.ReasonPhrase}", url.AbsoluteUri, "200 OK",
                "look on the publisher's page whether the file has moved");
    }

    private ResiliencePipeline Retrying(string name, PartialFile part) => new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } e && IsTransient(e)),
            MaxRetryAttempts = _options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = _options.RetryDelay,
            OnRetry = arguments =>
            {
                _progress?.Report(new DownloadProgress(name, part.Length, Total: null, Said(arguments.Outcome.Exception!)));
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    /// <summary>
    /// Lines break, and servers are overloaded; a full disk or a file in use is an <see cref="IOException"/>, too, and costs a few tries.
    /// </summary>
    private static bool IsTransient(Exception e) => e is HttpRequestException or IOException || e.InnerException is TimeoutException;

    private static string Said(Exception e) => e.InnerException is { } inner && e is HttpRequestException ? inner.Message : e.Message;
}
