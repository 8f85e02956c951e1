using Tandem.Data;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>An item's score is the number of its training events, the same for everybody: the floor for any other model.</summary>
public sealed class Popularity : IItemScorer
{
    private const string Name = "popularity";
    private const string Counts = "counts";

    private readonly float[] _scores; // [V + 1]; exact up to 2²⁴ events of an item

    private Popularity(ReadOnlySpan<int> counts)
    {
        _scores = new float[counts.Length];
        for (var item = 1; item < counts.Length; item++) _scores[item] = counts[item];
    }

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public int ItemCount => _scores.Length - 1;

    /// <summary>Counts.</summary>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <exception cref="ArgumentException">There are no items, or an event's item is not in the catalogue.</exception>
    public static Popularity Train(TrainingSequences sequences)
    {
        var events = TrainingEvents.Read(sequences);
        var counts = new int[events.Items + 1];
        for (var item = 1; item <= events.Items; item++) counts[item] = events.CountOf(item);
        return new Popularity(counts);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        for (var row = 0; row < histories.Length; row++) _scores.CopyTo(scores[(row * _scores.Length)..]);
    }

    /// <summary>Writes one safetensors file: <c>counts</c> [V + 1] int32.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(path, Name, ItemCount, options: null, writer =>
        writer.Add<int>(Counts, Array.ConvertAll(_scores, score => (int)score), _scores.Length));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static Popularity Load(string path) => BaselineFile.Read(path, Name, file =>
    {
        var counts = file.Tensors.Get(Counts, file.Items + 1).As<int>();
        return counts.ContainsAnyInRange(int.MinValue, -1)
            ? throw new SafetensorsException("a count is below 0; save the model again")
            : new Popularity(counts);
    });
}
