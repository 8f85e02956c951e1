namespace Tandem.Learning.Graphs;

/// <summary>A setting of a node.</summary>
/// <param name="Message">An AttributeProto.</param>
internal readonly record struct GraphAttribute(ProtoMessage Message)
{
    private const int NameField = 1, FloatField = 2, IntegerField = 3, IntegersField = 8, TypeField = 20; // of AttributeProto
    private const int Float = 1, Integer = 2, Integers = 7;                                             // of its AttributeType

    public static GraphAttribute Of(string name, float value) => new(Named(name, Float).Add(FloatField, value));

    public static GraphAttribute Of(string name, int value) => new(Named(name, Integer).Add(IntegerField, value));

    public static GraphAttribute Of(string name, int[] values)
    {
        var message = Named(name, Integers);
        foreach (var value in values) message.Add(IntegersField, value);
        return new(message);
    }

    private static ProtoMessage Named(string name, int type) => new ProtoMessage().Add(NameField, name).Add(TypeField, type);
}
