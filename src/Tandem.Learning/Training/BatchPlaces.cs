using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>A batch of sequences as networks read it.</summary>
internal static class BatchPlaces
{
    /// <summary>[N] the places, among B × T, that are not padding.</summary>
    public static long[] Real(SequenceBatch batch)
    {
        var places = new long[batch.Tokens];
        var n = 0;
        for (var i = 0; i < batch.Targets.Length; i++)
        {
            if (batch.Targets[i] != 0) places[n++] = i;
        }

        return places;
    }

    /// <summary>What the backbone uses of the events beside their items.</summary>
    public static EventFeatures Features(SequenceBatch batch, Backbone backbone, Device device) => new(
        batch.Times.Length == 0 || !backbone.UsesTimes ? null : tensor(batch.Times, batch.Rows, batch.Steps).to(device),
        batch.Values.Length == 0 || !backbone.UsesValues ? null : tensor(batch.Values, batch.Rows, batch.Steps).to(device));
}
