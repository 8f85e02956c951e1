using System.Globalization;
using System.Text.Json;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>
/// A baseline, or counts that join another model, as one safetensors file: arrays, and in the metadata its <c>kind</c>, the number of
/// <c>items</c> and the <c>options</c> it was trained with, as JSON.
/// </summary>
internal sealed class BaselineFile
{
    private const string Kind = "kind";
    private const string ItemsKey = "items";
    private const string OptionsKey = "options";

    private static readonly JsonSerializerOptions _strict =
        new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private BaselineFile(SafetensorsFile tensors, string kind)
    {
        Tensors = tensors;
        if (!tensors.Metadata.TryGetValue(Kind, out var found))
            throw new SafetensorsException($"holds no baseline, expected one of kind '{kind}'");
        if (found != kind)
            throw new SafetensorsException($"holds a model of kind '{found}', expected kind '{kind}'");
        Items = ReadItems();
    }

    /// <summary>The arrays.</summary>
    public SafetensorsFile Tensors { get; }

    /// <summary>V, at least 1.</summary>
    public int Items { get; }

    /// <summary>Writes a file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    /// <param name="kind">The scorer's.</param>
    /// <param name="items">V.</param>
    /// <param name="options">Null where the model has none.</param>
    /// <param name="write">Adds the arrays.</param>
    public static void Write(string path, string kind, int items, object? options, Action<SafetensorsWriter> write)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[Kind] = kind;
        writer.Metadata[ItemsKey] = items.ToString(CultureInfo.InvariantCulture);
        if (options is not null) writer.Metadata[OptionsKey] = JsonSerializer.Serialize(options);
        write(writer);
        writer.Save(path);
    }

    /// <summary>Reads a file; every fault of it names the path.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static T Read<T>(string path, string kind, Func<BaselineFile, T> read)
    {
        var tensors = SafetensorsFile.Load(path);
        try
        {
            return read(new BaselineFile(tensors, kind));
        }
        catch (SafetensorsException e)
        {
            throw new SafetensorsException($"{path}: {e.Message}");
        }
    }

    /// <summary>The options that the model was trained with.</summary>
    /// <param name="validate">Lists their faults.</param>
    public T Options<T>(Func<T, IEnumerable<string>> validate)
    {
        try
        {
            var options = JsonSerializer.Deserialize<T>(Tensors.Metadata.GetValueOrDefault(OptionsKey, "null"), _strict)
                ?? throw new JsonException("they are missing");
            return validate(options).FirstOrDefault() is { } fault ? throw new JsonException(fault) : options;
        }
        catch (JsonException e)
        {
            throw new SafetensorsException($"the options cannot be used ({e.Message}); train the model again");
        }
    }

    private int ReadItems()
    {
        var text = Tensors.Metadata.GetValueOrDefault(ItemsKey, "");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var items) && items is > 0 and < int.MaxValue
            ? items
            : throw new SafetensorsException($"the number of items is '{text}', expected a whole number of at least 1");
    }
}
