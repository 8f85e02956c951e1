using System.Text.Json;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>Which of a checkpoint's files holds which tensor: <c>model.safetensors.index.json</c>. All in it is foreign.</summary>
internal static class ShardIndex
{
    private const string MapName = "weight_map";

    /// <summary>File names by tensor names.</summary>
    /// <param name="path">Of the index.</param>
    /// <exception cref="CheckpointFolderException">It is damaged, or names a file outside of its folder.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        using var document = JsonFile.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty(MapName, out var map) || map.ValueKind != JsonValueKind.Object)
            throw new CheckpointFolderException($"{path}: has no object '{MapName}', expected the file of each tensor; fetch the folder again");
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in map.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String || !IsPlain(member.Value.GetString()!))
            {
                throw new CheckpointFolderException(
                    $"{path}: '{member.Name}' lies in {member.Value.GetRawText()}, expected the name of a .safetensors file in the same folder");
            }

            files.Add(member.Name, member.Value.GetString()!);
        }

        return files;
    }

    /// <summary>A name that leads nowhere else on any system.</summary>
    private static bool IsPlain(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) && name[0] != '.' && !name.AsSpan().ContainsAny("/\\:\0");
}
