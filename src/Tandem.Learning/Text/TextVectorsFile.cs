using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Text;

/// <summary>
/// Vectors of texts as a safetensors file: <c>keys</c> [N, 16] uint8, rising, see <see cref="TextKey"/>, and <c>vectors</c> [N, D]
/// float32 of length 1 or zeros; the encoder's name and identity and a checksum as metadata. Nothing that is read is trusted.
/// </summary>
/// <param name="Encoder">Name of the encoder.</param>
/// <param name="Identity">See <see cref="TextEncoder.Identity"/>.</param>
/// <param name="Vectors">[D] by the key of the text.</param>
internal sealed record TextVectorsFile(string Encoder, string Identity, IReadOnlyDictionary<UInt128, float[]> Vectors)
{
    private const string Format = "tandem.text-vectors/1";
    private const string FormatKey = "format", EncoderKey = "encoder", IdentityKey = "identity", ChecksumKey = "checksum";
    private const string Keys = "keys", Values = "vectors";

    /// <summary>Writes the file. A crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path)
    {
        var ordered = Vectors.OrderBy(text => text.Key).ToArray();
        var (N, D) = (ordered.Length, ordered[0].Value.Length);
        var keys = new byte[N * TextKey.Size];
        var values = new float[checked(N * D)];
        foreach (var (n, (key, vector)) in ordered.Index())
        {
            BinaryPrimitives.WriteUInt128BigEndian(keys.AsSpan(n * TextKey.Size), key);
            vector.CopyTo(values, n * D);
        }

        var writer = new SafetensorsWriter
        {
            Metadata =
            {
                [FormatKey] = Format, [EncoderKey] = Encoder, [IdentityKey] = Identity,
                [ChecksumKey] = Checksum(Encoder, Identity, N, keys, MemoryMarshal.AsBytes<float>(values)),
            },
        };
        writer.Add<byte>(Keys, keys, N, TextKey.Size);
        writer.Add<float>(Values, values, N, D);
        writer.Save(path);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Of a file that is there.</param>
    /// <exception cref="TextException">It is damaged, or another kind of file.</exception>
    public static TextVectorsFile Load(string path)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            if (reader.Metadata.GetValueOrDefault(FormatKey) is var format && format != Format)
                throw Refusal(path, format is null ? "it holds no vectors of texts" : $"its format is not '{Format}'");
            if (reader.Metadata.GetValueOrDefault(EncoderKey) is not { Length: > 0 } encoder
                || reader.Metadata.GetValueOrDefault(IdentityKey) is not { } identity)
            {
                throw Refusal(path, "it does not name its encoder");
            }

            var (keys, values) = (Tensor(Keys, TensorType.U8), Tensor(Values, TensorType.F32));
            if (keys.Shape is not [var N and > 0, TextKey.Size] || values.Shape is not [var rows, > 0] || rows != N)
                throw Refusal(path, "keys and vectors do not fit together");
            if (reader.Metadata.GetValueOrDefault(ChecksumKey) != Checksum(encoder, identity, N, keys.Bytes.Span, values.Bytes.Span))
                throw Refusal(path, "the checksum is not that of the content");
            return new(encoder, identity, Texts(path, keys.Bytes.Span, values.As<float>(), values.Shape[1]));

            TensorEntry Tensor(string name, TensorType type) => reader.Tensors.TryGetValue(name, out var header) && header.Type == type
                ? reader.Load(name)
                : throw Refusal(path, $"it has no tensor '{name}' of {type}");
        }
        catch (Exception e) when (e is SafetensorsException or FileNotFoundException)
        {
            throw new TextException($"{e.Message}; or delete it, and it is made anew", e);
        }
    }

    private static Dictionary<UInt128, float[]> Texts(string path, ReadOnlySpan<byte> keys, ReadOnlySpan<float> values, int width)
    {
        var texts = new Dictionary<UInt128, float[]>(keys.Length / TextKey.Size);
        UInt128? last = null;
        for (var n = 0; n < keys.Length / TextKey.Size; n++)
        {
            var key = BinaryPrimitives.ReadUInt128BigEndian(keys[(n * TextKey.Size)..]);
            var vector = values.Slice(n * width, width);
            if (key <= last) throw Refusal(path, "its keys do not rise");
            if (!UnitLength.Holds(vector)) throw Refusal(path, $"vector {n} has another length than 1");
            texts.Add(key, vector.ToArray());
            last = key;
        }

        return texts;
    }

    private static TextException Refusal(string path, string fault) => new(
        $"{path}: {fault}; expected vectors of texts as 'tandem items embed' writes them, so name another file, or delete this one and "
        + "it is made anew");

    private static string Checksum(string encoder, string identity, int count, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Format}\n{encoder}\n{identity}\n{count}\n")));
        hash.AppendData(keys);
        hash.AppendData(values);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
