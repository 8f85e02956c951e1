using Tandem.Data.Batches;

namespace Tandem.Learning.Classification;

/// <summary>Examples of a step.</summary>
/// <param name="Labelled">Those whose labels are learned.</param>
/// <param name="Taught">Those of which only a teacher's opinion is; empty for none.</param>
internal sealed record ExampleBatch(long[] Labelled, long[] Taught) : ITrainingBatch
{
    public int Tokens => Labelled.Length;
}
