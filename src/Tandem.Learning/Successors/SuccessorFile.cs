using Tandem.Learning.Baselines;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Successors;

/// <summary>Counts of successors beside a model's weights: one safetensors file, the table as tensors, the join as its options.</summary>
public static class SuccessorFile
{
    private const string Kind = "successors";

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    /// <param name="successors">What is kept.</param>
    public static void Save(string path, CountedSuccessors successors) =>
        BaselineFile.Write(path, Kind, successors.Table.Items, successors.Join, successors.Table.Write);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged, holds something else, or counts of another catalogue.</exception>
    public static CountedSuccessors Load(string path, int items) => BaselineFile.Read(path, Kind, file => file.Items == items
        ? new CountedSuccessors(SuccessorTable.Read(file.Tensors, items), file.Options<SuccessorJoin>(join => join.Validate()))
        : throw new SafetensorsException($"counts of {file.Items} items beside a model of {items}; train the model again"));
}
