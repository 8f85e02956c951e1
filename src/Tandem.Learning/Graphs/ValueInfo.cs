using System.Globalization;

namespace Tandem.Learning.Graphs;

/// <summary>Name, type and shape of an input or output, as ValueInfoProto.</summary>
internal static class ValueInfo
{
    /// <param name="name">Of the value.</param>
    /// <param name="type">Of its elements.</param>
    /// <param name="axes">Lengths, or letters of free axes.</param>
    public static ProtoMessage Of(string name, GraphType type, string[] axes)
    {
        const int nameField = 1, typeField = 2, tensorField = 1, elementField = 1, shapeField = 2, axisField = 1;
        var shape = new ProtoMessage();
        foreach (var axis in axes) shape.Add(axisField, Axis(axis));
        var tensor = new ProtoMessage().Add(elementField, (int)type).Add(shapeField, shape);
        return new ProtoMessage().Add(nameField, name).Add(typeField, new ProtoMessage().Add(tensorField, tensor));
    }

    private static ProtoMessage Axis(string axis)
    {
        const int lengthField = 1, letterField = 2;
        return long.TryParse(axis, CultureInfo.InvariantCulture, out var length)
            ? new ProtoMessage().Add(lengthField, length)
            : new ProtoMessage().Add(letterField, axis);
    }
}
