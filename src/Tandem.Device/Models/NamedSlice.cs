namespace Tandem.Device.Models;

/// <summary>A tensor of a layout.</summary>
/// <param name="Name">The tensor's name in a bundle or packet.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Slice">Its place.</param>
/// <param name="IsPersonal">True where no bundle holds it: the device learns it.</param>
/// <param name="IsTransposed">True for a matrix [O × I] that lies here as [I × O].</param>
internal readonly record struct NamedSlice(string Name, int[] Shape, Slice Slice, bool IsPersonal = false, bool IsTransposed = false)
{
    /// <summary>Puts the tensor's values in their place.</summary>
    /// <param name="values">In the order of <see cref="Shape"/>.</param>
    /// <param name="parameters">By the layout.</param>
    public void Fill(ReadOnlySpan<float> values, Span<float> parameters)
    {
        var place = Slice.Of(parameters);
        if (!IsTransposed)
        {
            values.CopyTo(place);
            return;
        }

        var (outputs, inputs) = (Shape[0], Shape[1]);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++) place[i * outputs + o] = values[o * inputs + i];
        }
    }
}
