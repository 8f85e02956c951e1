using Tandem.Learning.Baselines;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Runs;

/// <summary>A composite's weights in its run's folder, with the hashes of the members that they were chosen for.</summary>
internal static class CompositeFile
{
    private const string Kind = "composite", Values = "weights";

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    public static void Save(string path, int items, CompositeWeights weights, IReadOnlyList<string> hashes) =>
        BaselineFile.Write(path, Kind, items, new Content(hashes, weights.Confidence), writer =>
            writer.Add<double>(Values, [.. weights.Members], weights.Members.Count));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the data set.</param>
    /// <param name="hashes">Of the members as they are now.</param>
    /// <param name="names">Of the members.</param>
    /// <exception cref="SafetensorsException">The file is damaged or of another catalogue, or a member was trained again since.</exception>
    public static CompositeWeights Load(string path, int items, IReadOnlyList<string> hashes, IReadOnlyList<string> names) =>
        BaselineFile.Read(path, Kind, file =>
        {
            var content = file.Options<Content>(known => []);
            if (file.Items != items)
                throw new SafetensorsException($"a composite of {file.Items} items beside a data set of {items}; train it again");
            if (content.Members.Count != hashes.Count)
                throw new SafetensorsException($"weights of {content.Members.Count} members for {hashes.Count}; train it again");
            for (var g = 0; g < hashes.Count; g++)
            {
                if (content.Members[g] == hashes[g]) continue;
                throw new SafetensorsException(
                    $"member '{names[g]}' was trained again since its weight was chosen; train the composite again");
            }

            var weights = new CompositeWeights
            {
                Members = file.Tensors.Get(Values, hashes.Count).As<double>().ToArray(),
                Confidence = content.Confidence,
            };
            return weights.Validate(hashes.Count).FirstOrDefault() is { } fault
                ? throw new SafetensorsException($"{fault}; train it again")
                : weights;
        });

    private sealed record Content(IReadOnlyList<string> Members, ConfidenceRule? Confidence);
}
