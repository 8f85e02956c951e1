using Tandem.Learning.Graphs;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Runs;

/// <summary>Weights by name that lie in a file, in a folder as Hugging Face's libraries write it, or come with a library.</summary>
public static class SourceWeights
{
    private const long MostBytes = 2_000_000_000; // they are read as one file in memory

    /// <summary>What can be given, for messages.</summary>
    public static string Known => string.Join(", ", WeightSources.All.Select(source => source.Name)
        .Append("a finished run").Append("a folder with model.safetensors or its index").Append("a file of safetensors"));

    /// <summary>Reads them; null where the name is neither a registered network's nor a file's nor such a folder's.</summary>
    /// <param name="from">A name or a path; a name of a registered network goes first.</param>
    /// <param name="wanted">Which tensors are read, of folders and libraries, by name.</param>
    /// <exception cref="CheckpointFolderException">Files and index of a folder do not fit together.</exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    /// <exception cref="RunException">What the library brings is damaged.</exception>
    public static SafetensorsFile? Read(string from, Func<string, bool> wanted)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentNullException.ThrowIfNull(wanted);
        if (WeightSources.Find(from) is { } source) return OfLibrary(source, wanted);
        if (Directory.Exists(from)) return CheckpointFolder.IsOne(from) ? OfFolder(from, wanted) : null;
        return File.Exists(from) ? SafetensorsFile.Load(from) : null;
    }

    private static SafetensorsFile OfLibrary(WeightSource source, Func<string, bool> wanted)
    {
        var writer = new SafetensorsWriter();
        try
        {
            foreach (var weight in source.Read().Where(weight => wanted(weight.Name)))
                writer.Add<float>(weight.Name, weight.Values, [.. weight.Shape.Select(length => (int)length)]);
        }
        catch (InvalidDataException e)
        {
            throw new RunException($"the weights of '{source.Name}' cannot be read: {e.Message}");
        }

        return Parsed(writer, source.Name);
    }

    private static SafetensorsFile OfFolder(string path, Func<string, bool> wanted)
    {
        using var folder = CheckpointFolder.Open(path);
        TensorHeader[] matrices = [.. folder.Tensors.Where(header => header.Shape.Length > 1 && wanted(header.Name))];
        if (matrices.Sum(header => header.SizeBytes) is > MostBytes and var bytes)
        {
            throw new RunException(
                $"{path}: its matrices have {bytes} bytes, expected at most {MostBytes}; name those that are read as transfer.pairs");
        }

        var writer = new SafetensorsWriter();
        foreach (var header in matrices)
        {
            var tensor = folder.Load(header.Name);
            writer.AddBytes(header.Name, tensor.Type, tensor.Bytes.Span, tensor.Shape.AsSpan());
        }

        return Parsed(writer, path);
    }

    private static SafetensorsFile Parsed(SafetensorsWriter writer, string from) =>
        SafetensorsFile.TryParse(writer.ToArray(), out var file, out var fault) ? file : throw new RunException($"{from}: {fault}");
}
