using Tandem.Learning.Baselines;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Contents;

/// <summary>Contents beside a model's weights: one safetensors file, the vectors as tensors, the joins as its options.</summary>
public static class ContentFile
{
    private const string Kind = "contents";

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    /// <param name="items">V.</param>
    /// <param name="contents">What is kept.</param>
    public static void Save(string path, int items, IReadOnlyList<JoinedContent> contents) =>
        BaselineFile.Write(path, Kind, items, contents.Select(content => content.Join).ToArray(), writer =>
        {
            foreach (var content in contents) content.Rows.Write(writer, content.Join.Name);
        });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged, holds something else, or contents of another catalogue.</exception>
    public static IReadOnlyList<JoinedContent> Load(string path, int items) => BaselineFile.Read(path, Kind, file =>
    {
        if (file.Items != items)
            throw new SafetensorsException($"contents of {file.Items} items beside a model of {items}; train the model again");
        return file.Options<ContentJoin[]>(joins => joins.SelectMany(join => join.Validate()))
            .Select(join => new JoinedContent(ContentRows.Read(file.Tensors, join.Name, items, join.Width), join)).ToArray();
    });
}
