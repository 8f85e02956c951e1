using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tandem.Cloud.Requests;

/// <summary>A body as a message, or why it is none.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="Value">Null where the body is refused.</param>
/// <param name="Refusal">Null where it is read.</param>
internal readonly record struct RequestBody<T>(T? Value, Refusal? Refusal) where T : class
{
    /// <summary>True where there is a message.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsRead => Value is not null;

    /// <summary>Reads JSON to its end.</summary>
    /// <param name="context">Of the request; the server limits the body's length.</param>
    /// <param name="type">Of the message.</param>
    /// <param name="cancel">The request's deadline.</param>
    public static async ValueTask<RequestBody<T>> ReadAsync(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        if (!context.Request.HasJsonContentType() || !IsUtf8(context.Request.ContentType!))
        {
            return Refused(
                RefusalKind.BodyType, $"the body's type is '{Shown(context.Request.ContentType)}', expected application/json in UTF-8");
        }

        try
        {
            var reader = context.Request.BodyReader;
            var read = await ReadToEndAsync(reader, cancel).ConfigureAwait(false);
            try
            {
                return Parse(read, type);
            }
            finally
            {
                reader.AdvanceTo(read.End);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refused(RefusalKind.BodyTooLarge, "the body is longer than this address takes; send less at once");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return Refused(RefusalKind.BodyTooSlow, "the body came too slowly");
        }
        catch (BadHttpRequestException e)
        {
            return Refused(RefusalKind.BodyMalformed, e.Message);
        }
    }

    private static bool IsUtf8(string type) => !MediaTypeHeaderValue.TryParse(type, out var parsed) || !parsed.Charset.HasValue
        || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (read.IsCompleted) return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static RequestBody<T> Parse(in ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
    {
        try
        {
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = type.Options.MaxDepth });
            var value = JsonSerializer.Deserialize(ref json, type);
            if (value is null) return Refused(RefusalKind.BodyMalformed, "the body is null, expected an object");
            return json.Read()
                ? Refused(RefusalKind.BodyMalformed, "something follows the body's object")
                : new(value, null);
        }
        catch (JsonException e)
        {
            return Refused(RefusalKind.BodyMalformed, $"no JSON of the expected form at {Shown(e.Path)}, byte {e.BytePositionInLine}");
        }
        catch (InvalidOperationException) // text that is no Unicode
        {
            return Refused(RefusalKind.BodyMalformed, "a text in the body is no Unicode");
        }
    }

    private static RequestBody<T> Refused(RefusalKind kind, string detail) => new(null, new(kind, detail));

    private static string Shown(string? text) => text is null ? "" : text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";
}
