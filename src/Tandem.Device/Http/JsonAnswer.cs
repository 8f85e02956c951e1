using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Protocol;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>Reads the body of an answer that should be JSON.</summary>
internal static class JsonAnswer
{
    public static CloudAnswer<T> Parse<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) is { } value ? value : Failed("the answer is null");
        }
        catch (JsonException e) // whose message may quote what was sent
        {
            return Failed($"the answer is no {typeof(T).Name}: byte {e.BytePositionInLine} of line {e.LineNumber}, "
                + $"at {FaultText.Quote(e.Path)}, cannot be read");
        }
    }

    private static CloudFault Failed(string message) => new() { Kind = CloudFaultKind.Failed, Message = message };
}
