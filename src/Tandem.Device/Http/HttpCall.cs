using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json.Serialization.Metadata;
using Tandem.Protocol;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>One request and what comes of it: a value or a fault; an exception after the caller's own cancellation alone.</summary>
/// <typeparam name="T">What is asked for.</typeparam>
/// <param name="client">The app's.</param>
/// <param name="options">Who asks.</param>
/// <param name="deadline">Until the last byte of the answer.</param>
internal sealed class HttpCall<T>(HttpClient client, HttpCloudOptions options, TimeSpan deadline)
    where T : class
{
    private const string Json = "application/json";
    private const int LeastCompressedBytes = 1_024;

    /// <summary>True where what is asked for is a bundle or a file of one, which may not be there.</summary>
    public bool IsOfBundle { get; init; }

    /// <summary>Sends JSON and reads JSON.</summary>
    /// <param name="address">Of the call.</param>
    /// <param name="body">The request's.</param>
    /// <param name="most">Bytes of the answer.</param>
    /// <param name="type">Of the answer.</param>
    /// <param name="cancel">The caller's.</param>
    public ValueTask<CloudAnswer<T>> PostAsync(
        Uri address, byte[] body, int most, JsonTypeInfo<T> type, CancellationToken cancel) => SendAsync(
        () => new(HttpMethod.Post, address) { Content = ContentOf(body) }, (answer, token) => ReadAsync(answer, most, type, token), cancel);

    /// <summary>Reads JSON.</summary>
    /// <param name="address">Of the call.</param>
    /// <param name="most">Bytes of the answer.</param>
    /// <param name="type">Of the answer.</param>
    /// <param name="cancel">The caller's.</param>
    public ValueTask<CloudAnswer<T>> GetAsync(Uri address, int most, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(() => new(HttpMethod.Get, address), (answer, token) => ReadAsync(answer, most, type, token), cancel);

    /// <summary>Sends a request and has its answer read, both within the deadline.</summary>
    public async ValueTask<CloudAnswer<T>> SendAsync(
        Func<HttpRequestMessage> make,
        Func<HttpResponseMessage, CancellationToken, ValueTask<CloudAnswer<T>>> read,
        CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var late = new CancellationTokenSource(deadline, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var request = make();
            if (await AddressAsync(request, either.Token).ConfigureAwait(false) is { } fault) return fault;
            using var answer = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return await read(answer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            return Unreachable(late.IsCancellationRequested
                ? string.Create(CultureInfo.InvariantCulture, $"no answer within {deadline.TotalSeconds:0.###} s")
                : $"no answer: {(e.InnerException is TimeoutException ? "the HttpClient's own timeout" : "the transport cancelled")}");
        }
        catch (HttpRequestException e)
        {
            return Unreachable(MessageOf(e));
        }
        catch (InvalidDataException)
        {
            return Failed("the answer is compressed and damaged");
        }
        catch (IOException)
        {
            return Unreachable("the connection broke off within the answer");
        }
        catch (Exception e) when (e is not OperationCanceledException) // of a handler that the app put into its client
        {
            cancel.ThrowIfCancellationRequested();
            return Unreachable($"a handler of the HttpClient threw {e.GetType().Name}");
        }
    }

    /// <summary>The fault that an answer without success stands for.</summary>
    public async ValueTask<CloudAnswer<T>> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel) =>
        await HttpRefusal.ReadAsync(answer, IsOfBundle, options.Time, cancel).ConfigureAwait(false);

    /// <summary>An answer that is not what it should be.</summary>
    public static CloudFault Failed(string message) => new() { Kind = CloudFaultKind.Failed, Message = message };

    /// <summary>Why a body is not of a type, such as a page that a hotel's network puts before everything, or null.</summary>
    public static string? FaultOfType(HttpContent content, string type) => content.Headers.ContentType?.MediaType is var found
        && string.Equals(found, type, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"the answer's type is {FaultText.Quote(found)}, expected {type}: something else is at this address";

    private async ValueTask<CloudAnswer<T>> ReadAsync(
        HttpResponseMessage answer, int most, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        if (answer.StatusCode != HttpStatusCode.OK) return await RefusalAsync(answer, cancel).ConfigureAwait(false);
        if (FaultOfType(answer.Content, Json) is { } fault) return Failed(fault);
        return await BoundedBody.TryReadAsync(answer.Content, most, cancel).ConfigureAwait(false) is { } bytes
            ? JsonAnswer.Parse(bytes, type)
            : Failed($"the answer has more than {most} bytes");
    }

    private static CloudFault Unreachable(string message) => new() { Kind = CloudFaultKind.Unreachable, Message = message };

    /// <summary>Says who asks and how long it waits; a fault where there is no key.</summary>
    private async ValueTask<CloudFault?> AddressAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        request.Headers.Add("Tandem-Device", options.DeviceId);
        request.Headers.Add("Tandem-Deadline", ((long)Math.Ceiling(deadline.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));
        var key = options.Key;
        if (options.KeyProvider is { } provider)
        {
            try
            {
                key = await provider(cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException) // foreign code, whose words may hold a secret
            {
                return Denied($"the key provider threw {e.GetType().Name}");
            }

            if (HeaderText.KeyFault(key) is { } fault) return Denied($"the key provider gave no key: {fault}");
        }

        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return null;
    }

    private static CloudFault Denied(string message) => new() { Kind = CloudFaultKind.Denied, Message = message };

    private ByteArrayContent ContentOf(byte[] body)
    {
        var isCompressed = options.CompressRequests && body.Length > LeastCompressedBytes;
        var content = new ByteArrayContent(isCompressed ? Compress(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        if (isCompressed) content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(body);
        return compressed.ToArray();
    }

    /// <summary>Without the request's headers: an exception's own words name hosts and ports at most.</summary>
    private static string MessageOf(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the cloud's name is not known here: no network, or a wrong address",
        HttpRequestError.ConnectionError => "no connection to the cloud",
        HttpRequestError.SecureConnectionError => e.InnerException is AuthenticationException
            ? "the cloud's certificate is not trusted, or the connection is tampered with"
            : "no secure connection to the cloud",
        HttpRequestError.ResponseEnded => "the connection broke off within the answer",
        HttpRequestError.InvalidResponse => "what answers does not speak HTTP",
        _ => FaultText.Shorten(e.Message),
    };
}
