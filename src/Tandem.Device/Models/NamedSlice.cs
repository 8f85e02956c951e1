namespace Tandem.Device.Models;

/// <summary>A tensor of a layout.</summary>
/// <param name="Name">The tensor's name in a bundle or packet.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Slice">Its place.</param>
/// <param name="IsPersonal">True where no bundle holds it: the device learns it.</param>
internal readonly record struct NamedSlice(string Name, int[] Shape, Slice Slice, bool IsPersonal = false);
