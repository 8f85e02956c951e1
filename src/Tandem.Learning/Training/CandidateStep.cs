using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>What a student's network made of a batch: N targets before n negatives that they share.</summary>
/// <param name="Model">The student.</param>
/// <param name="Batch">That it read.</param>
/// <param name="Real">[N] places of the targets among the batch's B × T.</param>
/// <param name="States">[N, D]: scores are their inner products with rows.</param>
/// <param name="Rows">[N + n, D] of the targets, then of the negatives.</param>
/// <param name="Ids">[N + n] their items.</param>
/// <param name="LogExpected">[n] log(n q): how often a negative is expected among n draws.</param>
internal sealed record CandidateStep(
    SequenceModel Model, SequenceBatch Batch, long[] Real, Tensor States, Tensor Rows, ReadOnlyMemory<long> Ids, float[] LogExpected)
{
    /// <summary>N.</summary>
    public int Targets => Real.Length;

    /// <summary>[n] items of the negatives.</summary>
    public ReadOnlySpan<long> Negatives => Ids.Span[Targets..];
}
