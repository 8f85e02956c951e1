using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Collaboration;

/// <summary>
/// Lists of the items that a model scores highest, whatever the model. A score on a list is the logarithm of the item's share in
/// e^score over the whole catalogue.
/// </summary>
/// <param name="model">Scores the catalogue.</param>
/// <param name="catalogVersion">Of the item ids.</param>
/// <param name="modelVersion">Names the weights.</param>
public sealed class ScoredCandidates(IItemScorer model, string catalogVersion, string modelVersion) : ICandidateGenerator
{
    private const int BatchSize = 32;

    /// <inheritdoc/>
    public string CatalogVersion => catalogVersion;

    /// <inheritdoc/>
    public string ModelVersion => modelVersion;

    /// <inheritdoc/>
    /// <remarks>The caller's thread scores; it looks for cancellation before each batch.</remarks>
    public ValueTask<IReadOnlyList<CandidateList>> GenerateAsync(
        IReadOnlyList<CandidateRequest> requests, CancellationToken cancel = default) =>
        Answered.By(Generate, requests, cancel);

    private CandidateList[] Generate(IReadOnlyList<CandidateRequest> requests, CancellationToken cancel)
    {
        var (lists, width) = (new CandidateList[requests.Count], model.ItemCount + 1);
        var scratch = new float[width];
        var scores = new float[Math.Min(BatchSize, requests.Count) * width];
        for (var first = 0; first < lists.Length; first += BatchSize)
        {
            cancel.ThrowIfCancellationRequested();
            var batch = requests.Skip(first).Take(BatchSize).ToArray();
            History[] histories = [.. batch.Select(Read)];
            model.Score(histories, scores);
            for (var i = 0; i < batch.Length; i++)
            {
                lists[first + i] = List(batch[i], histories[i], scores.AsSpan(i * width, width), scratch);
            }
        }

        return lists;
    }

    private CandidateList List(CandidateRequest request, History history, Span<float> scores, float[] scratch)
    {
        scores[0] = float.NegativeInfinity;
        var total = LogSumExp(scores, scratch);
        if (!request.IncludeSeen)
        {
            foreach (var item in history.Items.Span) scores[item] = float.NegativeInfinity;
        }

        var items = new int[Math.Clamp(request.Count, 0, model.ItemCount)];
        var best = new float[items.Length];
        var count = TopItems.Choose(scores, items, best);
        return new()
        {
            CatalogVersion = catalogVersion,
            ModelVersion = modelVersion,
            HistoryLength = history.Length,
            Items = items[..count],
            Scores = Array.ConvertAll(best[..count], score => (float)(score - total)),
        };
    }

    private static History Read(CandidateRequest request) =>
        new(request.History.ToArray(), request.Times?.ToArray() ?? [], request.Values?.ToArray() ?? []);

    /// <summary>
    /// Exponents by vectors, their sum in float64: of ten thousand items each would cost more than the product that scored it.
    /// </summary>
    private static double LogSumExp(ReadOnlySpan<float> scores, float[] scratch)
    {
        var most = TensorPrimitives.Max(scores);
        TensorPrimitives.Subtract(scores, most, scratch);
        TensorPrimitives.Exp(scratch, scratch);
        var sum = 0.0;
        foreach (var share in scratch) sum += share;
        return most + Math.Log(sum);
    }
}
