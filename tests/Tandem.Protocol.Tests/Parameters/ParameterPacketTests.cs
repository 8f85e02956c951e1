using CsCheck;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Parameters;

public class ParameterPacketTests
{
    [Fact]
    public void A_packet_comes_back_as_it_was_written()
    {
        Assert.True(ParameterPacket.TryParse(Bytes(), out var packet, out var fault), fault);
        Assert.Equal(("m1", "p7"), (packet.ModelVersion, packet.Version));
        Assert.Equal([1f, 2f], packet.Weights.Get("norm.weight", 2).ToSingles());
    }

    [Fact]
    public void Weights_that_do_not_say_to_which_model_they_belong_are_refused()
    {
        Assert.False(ParameterPacket.TryParse(Weights().ToArray(), out _, out var fault));
        Assert.Contains("'modelVersion'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_of_nothing_is_refused()
    {
        Assert.False(ParameterPacket.TryParse(ParameterPacket.ToBytes("m1", "p7", new()), out _, out var fault));
        Assert.Contains("no tensor", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_packet_is_refused_at_every_length()
    {
        var whole = Bytes();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(ParameterPacket.TryParse(whole.AsMemory(0, length), out var packet, out var fault));
            Assert.Null(packet);
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void Mutated_packets_never_throw()
    {
        var whole = Bytes();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var bytes = whole.ToArray();
                foreach (var (at, edited) in edits) bytes[at] = edited;
                if (!ParameterPacket.TryParse(bytes, out _, out var fault)) Assert.NotEmpty(fault);
            },
            iter: 2_000);
    }

    private static byte[] Bytes() => ParameterPacket.ToBytes("m1", "p7", Weights());

    private static SafetensorsWriter Weights()
    {
        var writer = new SafetensorsWriter();
        writer.Add("norm.weight", [1f, 2f], 2);
        return writer;
    }
}
