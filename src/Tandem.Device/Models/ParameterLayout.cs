using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>
/// Where each tensor of a backbone lies in one array. Weights, their gradient and an optimiser's moments share it, so that a part of
/// a model is a range of numbers and another set of weights is another array.
/// </summary>
internal sealed class ParameterLayout
{
    private readonly List<NamedSlice> _slices = [];

    /// <summary>Elements of the array, a multiple of <see cref="AlignedFloats.Line"/>; gaps between tensors stay 0.</summary>
    public int Length { get; private set; }

    /// <summary>Every tensor, in the order of the array.</summary>
    public IReadOnlyList<NamedSlice> Slices => _slices;

    /// <summary>Gives a tensor its place.</summary>
    /// <param name="name">Its name in a bundle.</param>
    /// <param name="shape">Its dimensions.</param>
    public Slice Add(string name, params ReadOnlySpan<int> shape)
    {
        var length = 1;
        foreach (var dimension in shape) length = checked(length * dimension);
        var slice = new Slice(Length, length);
        _slices.Add(new(name, shape.ToArray(), slice));
        Length = checked(Length + AlignedFloats.RoundUp(length));
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
    public Slice AddPersonal(string name, params ReadOnlySpan<int> shape)
    {
        var slice = Add(name, shape);
        _slices[^1] = _slices[^1] with { IsPersonal = true };
        return slice;
    }

    /// <summary>The personal tensors, and those from a name to the end of the layout.</summary>
    /// <param name="name">Of the first tensor; null for the personal ones alone.</param>
    public IReadOnlyList<Slice> From(string? name)
    {
        var first = name is null ? _slices.Count : _slices.FindIndex(tensor => tensor.Name == name);
        return [.. _slices.Where((tensor, i) => tensor.IsPersonal || i >= first).Select(tensor => tensor.Slice)];
    }

    /// <summary>Overwrites the tensors that a packet holds, all of them or none.</summary>
    /// <param name="weights">Of a packet.</param>
    /// <param name="parameters">By this layout.</param>
    /// <exception cref="SafetensorsException">One is unknown, has another shape, or a value that is not finite.</exception>
    public void Replace(SafetensorsFile weights, Span<float> parameters)
    {
        var known = _slices.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        if (weights.Tensors.Keys.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
            throw new SafetensorsException($"tensor '{unknown}' is none of this model's; expected some of {string.Join(", ", known.Keys.Take(4))}, …");
        var values = weights.Tensors.Keys.Select(name => (Tensor: known[name], Values: weights.GetFinite(name, known[name].Shape))).ToList();
        foreach (var (tensor, given) in values) tensor.Fill(given, parameters);
    }

    /// <summary>Reads every tensor that a bundle holds.</summary>
    /// <exception cref="SafetensorsException">One is missing, has another shape, or a value that is not finite.</exception>
    public AlignedFloats Load(SafetensorsFile weights)
    {
        var values = new AlignedFloats(Length);
        foreach (var tensor in _slices)
        {
            if (!tensor.IsPersonal) tensor.Fill(weights.GetFinite(tensor.Name, tensor.Shape), values.Span);
        }

        return values;
    }
}
