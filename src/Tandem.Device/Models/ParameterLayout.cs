using System.Numerics.Tensors;
using Tandem.Protocol;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// Where each tensor of a backbone lies in one array. Weights, their gradient and an optimiser's moments share it, so that a part of
/// a model is a range of numbers and another set of weights is another array.
/// </summary>
public sealed class ParameterLayout
{
    private const int MostElements = 1 << 30;   // 4 GiB of float32

    private readonly List<NamedSlice> _slices = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Elements of the array: each tensor begins at a multiple of 16, and gaps between tensors stay 0.</summary>
    public int Length { get; private set; }

    /// <summary>Every tensor, in the order of the array.</summary>
    internal IReadOnlyList<NamedSlice> Slices => _slices;

    /// <summary>Gives a tensor its place.</summary>
    /// <param name="name">Its name in a bundle.</param>
    /// <param name="shape">Its dimensions, 1 or more each.</param>
    /// <exception cref="SafetensorsException">One array cannot hold so many weights.</exception>
    /// <exception cref="ArgumentException">A dimension is below 1, or the name is taken.</exception>
    public Slice Add(string name, params ReadOnlySpan<int> shape)
    {
        if (!_names.Add(name)) throw new ArgumentException($"tensor '{name}' is there already", nameof(name));
        var length = 1L;
        foreach (var dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1, nameof(shape));
            length = Math.Min(length * dimension, MostElements + 1L); // beyond that no product leaves 64 bits
        }

        if (Length + length > MostElements)
            throw new SafetensorsException($"the model has more than {MostElements} weights beside its item table; export a smaller one");
        var slice = new Slice(Length, (int)length);
        _slices.Add(new(name, shape.ToArray(), slice));
        Length += AlignedFloats.RoundUp((int)length);
        return slice;
    }

    /// <summary>Gives its place to a matrix whose columns are read together, so that it lies as [I × O].</summary>
    /// <param name="name">Its name in a bundle.</param>
    /// <param name="outputs">O.</param>
    /// <param name="inputs">I.</param>
    public Slice AddTransposed(string name, int outputs, int inputs)
    {
        var slice = Add(name, outputs, inputs);
        _slices[^1] = _slices[^1] with { IsTransposed = true };
        return slice;
    }

    /// <summary>Gives its place to a tensor that no bundle holds; it starts at 0.</summary>
    /// <inheritdoc cref="Add" path="/param"/>
    internal Slice AddPersonal(string name, params ReadOnlySpan<int> shape)
    {
        var slice = Add(name, shape);
        _slices[^1] = _slices[^1] with { IsPersonal = true };
        return slice;
    }

    /// <summary>The adapter's tensors, and those from a name to the end of the layout.</summary>
    /// <param name="name">Of the first tensor; null for the adapter's alone.</param>
    public IReadOnlyList<Slice> From(string? name)
    {
        var first = name is null ? _slices.Count : _slices.FindIndex(tensor => tensor.Name == name);
        return [.. _slices.Where((tensor, i) => tensor.IsPersonal || i >= first).Select(tensor => tensor.Slice)];
    }

    /// <summary>The tensor of a name; false where there is none.</summary>
    internal bool TryFind(string name, out NamedSlice tensor)
    {
        tensor = _slices.Find(known => known.Name == name);
        return tensor.Name is not null;
    }

    /// <summary>Overwrites the tensors that a packet holds.</summary>
    /// <param name="weights">Of a packet of full weights.</param>
    /// <param name="shipped">By this layout.</param>
    /// <param name="parameters">By this layout, a copy of those shipped; of no use after an exception.</param>
    /// <param name="maxNorm">
    /// Greatest change of a matrix, see <see cref="ChangeNorm"/>. Tensors of one axis are norms and biases, which may rightly become many
    /// times what they were, for they begin near 0 and are few.
    /// </param>
    /// <exception cref="SafetensorsException">One is unknown, has another shape, a value that is not finite, or too great a
    /// change.</exception>
    internal void Replace(SafetensorsFile weights, ReadOnlySpan<float> shipped, Span<float> parameters, double maxNorm)
    {
        foreach (var name in weights.Tensors.Keys)
        {
            if (PacketTensors.IsScale(weights, name)) continue;
            if (!TryFind(name, out var tensor))
            {
                throw new SafetensorsException(
                    $"tensor {FaultText.Quote(name)} is none of this model's; expected some of "
                    + $"{string.Join(", ", _slices.Take(4).Select(known => known.Name))}, …");
            }

            tensor.Fill(weights.GetFiniteOrRows(name, tensor.Shape), parameters);
            if (tensor.IsPersonal || tensor.Shape.Length != 2) continue;
            var before = tensor.Slice.Of(shipped);
            if (ChangeNorm.FaultOf(name, tensor.Slice.Of(parameters), before, TensorPrimitives.Norm(before), maxNorm) is { } fault)
                throw new SafetensorsException(fault);
        }
    }

    /// <summary>Reads every tensor that a bundle holds. Nothing is allocated before all of them were found.</summary>
    /// <exception cref="SafetensorsException">One is missing, has another shape, or a value that is not finite.</exception>
    internal AlignedFloats Load(SafetensorsFile weights)
    {
        foreach (var tensor in _slices)
        {
            if (!tensor.IsPersonal) weights.Get(tensor.Name, tensor.Shape);
        }

        var values = new AlignedFloats(Length);
        foreach (var tensor in _slices)
        {
            if (!tensor.IsPersonal) tensor.Fill(weights.GetFinite(tensor.Name, tensor.Shape), values.Span);
        }

        return values;
    }
}
