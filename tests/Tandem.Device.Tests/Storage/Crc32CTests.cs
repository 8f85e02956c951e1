using CsCheck;
using Tandem.Device.Storage;

namespace Tandem.Device.Tests.Storage;

public class Crc32CTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Known_texts_have_known_checksums(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Append(0, System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Thirty_two_zeros_have_the_checksum_of_RFC_3720() => Assert.Equal(0x8A9136AAu, Crc32C.Append(0, new byte[32]));

    [Fact]
    public void Pieces_have_the_checksum_of_the_whole() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 60]).Sample((bytes, cut) =>
        {
            cut = Math.Min(cut, bytes.Length);
            Assert.Equal(Crc32C.Append(0, bytes), Crc32C.Append(Crc32C.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        });
}
