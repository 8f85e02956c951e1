using Google.Protobuf;
using Tandem.Learning.Graphs;

namespace Tandem.Learning.Tests.Export.Onnx;

public class ProtoMessageTests
{
    [Fact]
    public void Fields_are_read_back_by_protobuf()
    {
        var inner = new ProtoMessage().Add(1, "äß").Add(2, -3);
        var bytes = Write(new ProtoMessage().Add(1, 300).Add(2, 0.5f).Add(20, inner).Add(9, new byte[] { 1, 2, 3 }));

        var input = new CodedInputStream(bytes);
        Assert.Equal((WireFormat.MakeTag(1, WireFormat.WireType.Varint), 300L), (input.ReadTag(), input.ReadInt64()));
        Assert.Equal((WireFormat.MakeTag(2, WireFormat.WireType.Fixed32), 0.5f), (input.ReadTag(), input.ReadFloat()));
        Assert.Equal(WireFormat.MakeTag(20, WireFormat.WireType.LengthDelimited), input.ReadTag());
        var within = new CodedInputStream(input.ReadBytes().ToByteArray());
        Assert.Equal((WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited), "äß"), (within.ReadTag(), within.ReadString()));
        Assert.Equal((WireFormat.MakeTag(2, WireFormat.WireType.Varint), -3L), (within.ReadTag(), within.ReadInt64()));
        Assert.True(within.IsAtEnd);
        Assert.Equal(WireFormat.MakeTag(9, WireFormat.WireType.LengthDelimited), input.ReadTag());
        Assert.Equal<byte>([1, 2, 3], input.ReadBytes().ToByteArray());
        Assert.True(input.IsAtEnd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(70_000)]
    public void The_size_is_that_of_what_is_written(int length)
    {
        var message = new ProtoMessage().Add(16, new ProtoMessage().Add(1, new byte[length]).Add(2, new string('x', length)))
            .Add(3, long.MaxValue);
        Assert.Equal(message.Size, Write(message).Length);
    }

    [Fact]
    public void A_message_too_large_to_write_still_knows_its_size()
    {
        var block = new byte[1 << 30];
        var message = new ProtoMessage().Add(1, new ProtoMessage().Add(1, block).Add(2, block).Add(3, block));
        Assert.True(message.Size > 3L << 30);
    }

    private static byte[] Write(ProtoMessage message)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) message.WriteTo(output);
        return stream.ToArray();
    }
}
