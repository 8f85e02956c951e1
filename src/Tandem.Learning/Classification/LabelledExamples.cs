using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>What classifiers read, one label for each: words of titles, or pixels.</summary>
public sealed class LabelledExamples : IDisposable
{
    private const int HashedAtOnce = 1000;

    private readonly Tensor _inputs;
    private readonly int[] _labels;

    /// <param name="inputs">[N, L] rows of words, int64, or [N, 3, 32, 32] pixels, uint8; taken over, and disposed of with this.</param>
    /// <param name="labels">[N] in 0 … K − 1.</param>
    /// <param name="names">[K] of the labels.</param>
    /// <exception cref="ArgumentException">Numbers differ, or a label has no name.</exception>
    public LabelledExamples(Tensor inputs, int[] labels, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(names);
        if (inputs.dim() < 2 || inputs.shape[0] != labels.Length)
            throw new ArgumentException($"{labels.Length} labels for inputs {Shape(inputs)}; expected one for each", nameof(labels));
        if (labels.AsSpan().ContainsAnyExceptInRange(0, names.Count - 1))
            throw new ArgumentException($"a label is none of the {names.Count} that have a name; expected 0 and above", nameof(labels));
        (_inputs, _labels, Names) = (inputs.DetachFromDisposeScope(), labels, names);
    }

    /// <summary>N.</summary>
    public int Count => _labels.Length;

    /// <summary>Of the K labels.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>[N] of each example.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Of one example.</summary>
    public IReadOnlyList<long> InputShape => _inputs.shape[1..];

    /// <summary>Of inputs and labels: the first 16 hexadecimal digits of their SHA-256.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var places in Enumerable.Range(0, Count).Select(place => (long)place).Chunk(HashedAtOnce))
            {
                using var inputs = Take(places);
                hash.AppendData(MemoryMarshal.AsBytes(TensorValues.Copy(inputs).AsSpan()));
            }

            hash.AppendData(MemoryMarshal.AsBytes(_labels.AsSpan()));
            return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        }
    }

    /// <summary>Inputs of some examples, [B, …].</summary>
    /// <param name="places">[B] numbers of examples from 0; repeats allowed.</param>
    public Tensor Take(long[] places)
    {
        using var index = tensor(places);
        return _inputs.index_select(0, index);
    }

    /// <summary>Labels of some examples, [B] int64.</summary>
    /// <inheritdoc cref="Take" path="/param"/>
    public Tensor LabelsOf(long[] places) => tensor(Array.ConvertAll(places, place => (long)_labels[place]));

    /// <inheritdoc/>
    public void Dispose() => _inputs.Dispose();

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
