using System.Text.Json;
using Tandem.Data;
using Tandem.Learning.Backbones;

namespace Tandem.Learning.Training;

/// <summary>The text by which a checkpoint knows its run: recipe, data, and what of the data is learned from.</summary>
internal static class TrainingSettings
{
    private static readonly BackboneJson _json = new(new());

    /// <param name="recipe">Every option.</param>
    /// <param name="dataset">Gives users and hash.</param>
    /// <param name="sequences">What is learned from each user: the same data cut elsewhere is another run.</param>
    /// <param name="isHeldOut">Whether validation chooses the epoch.</param>
    /// <param name="ids">Version of the semantic ids, where the model speaks in them, or of what its item table starts from.</param>
    public static string Describe(
        object recipe, SequenceDataset dataset, TrainingSequences sequences, bool isHeldOut, string? ids = null) =>
        JsonSerializer.Serialize(
            new { Recipe = recipe, Data = dataset.Hash, Sequences = sequences.Hash, HeldOut = isHeldOut, Ids = ids }, _json.Options);
}
