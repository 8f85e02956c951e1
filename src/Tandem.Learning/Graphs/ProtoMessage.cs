using Google.Protobuf;

namespace Tandem.Learning.Graphs;

/// <summary>
/// A protobuf message as a list of fields that know their size, so that a message which holds others is written in one pass. Sizes
/// are <c>long</c>: what is too large for protobuf is found out before anything is written.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<Action<CodedOutputStream>> _fields = [];

    /// <summary>Bytes of the fields added so far.</summary>
    public long Size { get; private set; }

    /// <summary>An integer or an enumeration's value.</summary>
    public ProtoMessage Add(int field, long value) => Append(
        field, WireFormat.WireType.Varint, CodedOutputStream.ComputeInt64Size(value), output => output.WriteInt64(value));

    public ProtoMessage Add(int field, float value) => Append(
        field, WireFormat.WireType.Fixed32, CodedOutputStream.ComputeFloatSize(value), output => output.WriteFloat(value));

    public ProtoMessage Add(int field, string value) => Append(
        field, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeStringSize(value), output => output.WriteString(value));

    /// <param name="field">Number of the field.</param>
    /// <param name="value">Is not copied.</param>
    public ProtoMessage Add(int field, ReadOnlyMemory<byte> value) => Append(
        field, WireFormat.WireType.LengthDelimited, WithLength(value.Length),
        output => output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value)));

    /// <param name="field">Number of the field.</param>
    /// <param name="value">Complete: what is added to it later would not be counted.</param>
    public ProtoMessage Add(int field, ProtoMessage value) => Append(
        field, WireFormat.WireType.LengthDelimited, WithLength(value.Size), output =>
        {
            output.WriteLength((int)value.Size);
            value.WriteTo(output);
        });

    public void WriteTo(CodedOutputStream output)
    {
        foreach (var write in _fields) write(output);
    }

    private static long WithLength(long bytes) => CodedOutputStream.ComputeInt64Size(bytes) + bytes;

    private ProtoMessage Append(int field, WireFormat.WireType type, long size, Action<CodedOutputStream> write)
    {
        Size += CodedOutputStream.ComputeTagSize(field) + size;
        _fields.Add(output =>
        {
            output.WriteTag(field, type);
            write(output);
        });
        return this;
    }
}
