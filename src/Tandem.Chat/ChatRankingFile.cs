using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Chat.Clients;

namespace Tandem.Chat;

/// <summary>
/// Settings of a chat model as a file: a JSON object of <see cref="ChatRankingOptions"/>, camelCase, times as <c>00:00:04</c>.
/// </summary>
public static class ChatRankingFile
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // a misspelt budget would be none
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="ChatOptionsException">
    /// It cannot be read, holds something else or settings with faults; the message names them.
    /// </exception>
    public static ChatRankingOptions Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var options = JsonSerializer.Deserialize<ChatRankingOptions>(File.ReadAllBytes(path), _json)
                ?? throw new ChatOptionsException($"{path}: expected an object with settings of a chat model, found null");
            var faults = options.Server is null ? ["Server is missing; expected kind and endpoint"] : options.Validate();
            if (string.Join("; ", faults) is { Length: > 0 } all) throw new ChatOptionsException($"{path}: {all}");
            return options;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChatOptionsException($"{path} cannot be read: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new ChatOptionsException($"{path} holds no settings of a chat model: {e.Message}");
        }
    }
}
