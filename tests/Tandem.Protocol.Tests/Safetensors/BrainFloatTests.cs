using System.Runtime.InteropServices;
using CsCheck;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Safetensors;

public class BrainFloatTests
{
    [Theory]
    [InlineData(0x3F800000u, 0x3F80)]
    [InlineData(0x3F808000u, 0x3F80)]
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x3F818000u, 0x3F82)]
    [InlineData(0x3F817FFFu, 0x3F81)]
    [InlineData(0x80000000u, 0x8000)]
    [InlineData(0x7F7FFFFFu, 0x7F80)]
    [InlineData(0xFF800000u, 0xFF80)]
    public void Rounding_goes_to_the_nearest_and_ties_to_even(uint bits, int expected) =>
        Assert.Equal(expected, Stored(BitConverter.UInt32BitsToSingle(bits)));

    [Theory]
    [InlineData(0x7F800001u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFF80FFFFu)]
    public void A_NaN_stays_a_NaN(uint bits) =>
        Assert.True(float.IsNaN(Widened(Stored(BitConverter.UInt32BitsToSingle(bits)))));

    [Fact]
    public void No_other_brain_float_is_nearer() =>
        Gen.UInt.Sample(
            bits =>
            {
                var value = BitConverter.UInt32BitsToSingle(bits);
                if (!float.IsFinite(value)) return;
                var stored = Stored(value);
                var distance = Math.Abs((double)value - Widened(stored));
                foreach (var neighbour in new[] { stored - 1, stored + 1 })
                {
                    var other = Widened((ushort)neighbour);
                    if (!float.IsFinite(other) || !double.IsFinite(distance)) continue;
                    var otherDistance = Math.Abs((double)value - other);
                    Assert.True(distance < otherDistance || (distance == otherDistance && (stored & 1) == 0), $"{value:R}");
                }
            },
            iter: 20_000);

    private static ushort Stored(float value)
    {
        var writer = new SafetensorsWriter();
        writer.AddBFloat16("x", [value]);
        return MemoryMarshal.Read<ushort>(RawFile.Parse(writer.ToArray()).Get("x").Bytes.Span);
    }

    private static float Widened(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
