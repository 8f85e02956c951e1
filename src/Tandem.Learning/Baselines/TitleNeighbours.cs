using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Learning.Text;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Baselines;

/// <summary>
/// Items whose titles are like those of the last events: τ ln (Σ_k ρ^k e^{cos(i, h_k) / τ} / Σ_k ρ^k), a soft maximum of the cosines, h_0
/// being the newest event. It learns from no event, so items that nobody has taken are scored like any others; items without a title, and
/// every item after a history without one, have 0.
/// </summary>
public sealed class TitleNeighbours : IItemScorer, IDisposable
{
    private const string Name = "text", Vectors = "vectors", Known = "known";

    private readonly TitleNeighbourOptions _options;
    private readonly ItemVectors _titles;
    private readonly Tensor _items;     // [d, V + 1]

    /// <param name="options">Its settings.</param>
    /// <param name="titles">Vectors of length 1.</param>
    /// <exception cref="ArgumentException">The settings have faults; the message lists them all.</exception>
    public TitleNeighbours(TitleNeighbourOptions options, ItemVectors titles)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (_options, _titles) = (options, titles);
        using var scope = NewDisposeScope();
        _items = tensor(titles.Values.ToArray(), titles.Items + 1, titles.Width).t().contiguous().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public int ItemCount => _titles.Items;

    /// <summary>Lets go of the table.</summary>
    public void Dispose() => _items.Dispose();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        var width = ItemCount + 1;
        var buffer = new float[width];
        for (var row = 0; row < histories.Length; row++)
        {
            var items = histories[row].Items.Span;
            Score(items[Math.Max(0, items.Length - _options.Recent)..], scores.Slice(row * width, width), buffer);
        }
    }

    /// <param name="recent">Oldest first.</param>
    /// <param name="scores">[V + 1].</param>
    /// <param name="buffer">[V + 1].</param>
    private void Score(ReadOnlySpan<int> recent, Span<float> scores, Span<float> buffer)
    {
        scores.Clear();
        var (rows, shares) = Read(recent);
        if (shares.Length == 0) return;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var cosines = TensorValues.Read(tensor(rows, shares.Length, _titles.Width).matmul(_items)); // [K, V + 1]
        var (inverse, total) = ((float)(1 / _options.Temperature), shares.Sum());
        for (var k = 0; k < shares.Length; k++)
        {
            // A cosine is at most 1, so that no exponent is above 0.
            TensorPrimitives.Subtract(cosines.Slice(k * scores.Length, scores.Length), 1f, buffer);
            TensorPrimitives.Multiply(buffer, inverse, buffer);
            TensorPrimitives.Exp(buffer, buffer);
            TensorPrimitives.MultiplyAdd(buffer, shares[k] / total, scores, scores);
        }

        TensorPrimitives.Log(scores, scores);
        TensorPrimitives.Multiply(scores, (float)_options.Temperature, scores);
        TensorPrimitives.Add(scores, 1f, scores);
        for (var item = 1; item < scores.Length; item++)
            if (!_titles.Has(item)) scores[item] = 0;
    }

    /// <summary>[K, d] vectors of those events that have one, and what each counts.</summary>
    private (float[] Rows, float[] Shares) Read(ReadOnlySpan<int> recent)
    {
        var (rows, shares) = (new List<float>(), new List<float>());
        for (var place = 0; place < recent.Length; place++)
        {
            if (!_titles.Has(recent[place])) continue;
            rows.AddRange(_titles[recent[place]]);
            shares.Add((float)Math.Pow(_options.RecencyDecay, recent.Length - 1 - place));
        }

        return ([.. rows], [.. shares]);
    }

    /// <summary>Writes one safetensors file: <c>vectors</c> [V + 1, d] float32 and <c>known</c> [V + 1] uint8.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(path, Name, ItemCount, _options, writer =>
    {
        writer.Add(Vectors, _titles.Values, ItemCount + 1, _titles.Width);
        writer.Add<byte>(Known, [.. Enumerable.Range(0, ItemCount + 1).Select(item => (byte)(_titles.Has(item) ? 1 : 0))], ItemCount + 1);
    });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static TitleNeighbours Load(string path) => BaselineFile.Read(path, Name, file =>
    {
        var options = file.Options<TitleNeighbourOptions>(known => known.Validate());
        var width = file.Tensors.Tensors.TryGetValue(Vectors, out var found) && found.Shape is [_, var d] ? (int)d : 0;
        var known = Array.ConvertAll(file.Tensors.Get(Known, file.Items + 1).As<byte>().ToArray(), flag => flag != 0);
        var values = file.Tensors.Get(Vectors, file.Items + 1, width).As<float>().ToArray();
        try
        {
            return new TitleNeighbours(options, new(options.Source.Encoder, file.Items, width, values, known));
        }
        catch (ArgumentException e)
        {
            throw new SafetensorsException($"{e.Message}; train the model again");
        }
    });
}
