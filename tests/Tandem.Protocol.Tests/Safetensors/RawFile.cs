using System.Buffers.Binary;
using System.Text;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Safetensors;

/// <summary>Files put together by hand, without the writer, so that each can have exactly one fault.</summary>
internal static class RawFile
{
    public static byte[] Of(string header, int dataBytes = 0) => Of(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Of(byte[] header, int dataBytes = 0)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes, 8);
        for (var i = 0; i < dataBytes; i++) bytes[8 + header.Length + i] = (byte)(i + 1);
        return bytes;
    }

    public static string Tensor(string name, string dtype, string shape, long begin, long end) =>
        $$"""
        "{{name}}":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":[{{begin}},{{end}}]}
        """;

    /// <summary>Asserts that the bytes are refused and that the fault names each of the given texts.</summary>
    public static void AssertRefused(byte[] bytes, params string[] named)
    {
        Assert.False(SafetensorsFile.TryParse(bytes, out var file, out var fault));
        Assert.Null(file);
        foreach (var text in named) Assert.Contains(text, fault, StringComparison.Ordinal);
    }

    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(SafetensorsFile.TryParse(bytes, out var file, out var fault), fault);
        return file;
    }
}
