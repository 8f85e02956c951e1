using System.Text.Json;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>Foreign JSON from a file, bounded and without duplicate names.</summary>
internal static class JsonFile
{
    private const long LongestBytes = 100_000_000; // as a safetensors header

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="CheckpointFolderException">There is no such file, or it is too long or no JSON.</exception>
    public static JsonDocument Read(string path)
    {
        if (!File.Exists(path)) throw new CheckpointFolderException($"{path}: there is no such file; fetch the folder again");
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > LongestBytes)
                throw new CheckpointFolderException($"{path}: has {file.Length} bytes, expected at most {LongestBytes}; fetch it again");
            return JsonDocument.Parse(file, _strict);
        }
        catch (JsonException e)
        {
            throw new CheckpointFolderException($"{path}: is not valid JSON ({e.Message}); fetch it again");
        }
    }
}
