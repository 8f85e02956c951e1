using CsCheck;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Safetensors;

public class SafetensorsMutationTests
{
    private static readonly byte[] _valid = Valid();

    // Half of the bytes are what JSON and this header are made of, so that many mutants stay parseable.
    private static readonly Gen<byte> _byte = Gen.OneOf<byte>(
        Gen.Byte, Gen.OneOf<byte>([.. "{}[]\",:\\u0123456789-.eEFIBU _adhpstyn"u8]));

    private static readonly Gen<(int At, byte Value, int Kind)[]> _edits =
        Gen.Select(Gen.Int[0, _valid.Length - 1], _byte, Gen.Int[0, 2]).Array[1, 6];

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < _valid.Length; length++)
        {
            Assert.False(SafetensorsFile.TryParse(_valid.AsMemory(0, length), out _, out var fault), $"cut to {length} bytes");
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void A_byte_too_many_is_refused() => RawFile.AssertRefused([.. _valid, 0], "hole at the end");

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(Survives, iter: 5_000);

    [Fact]
    public void Random_headers_never_throw() =>
        _byte.Array[0, 100].Sample(header => Survives(RawFile.Of([(byte)'{', .. header], 8)), iter: 5_000);

    [Fact]
    public void Mutations_never_throw_and_what_is_accepted_is_consistent() =>
        _edits.Sample(edits => Survives(Mutate(edits)), iter: 20_000);

    [Fact]
    public void Mutations_within_a_header_of_the_right_length_never_throw() =>
        _edits.Sample(
            edits =>
            {
                var header = _valid[8..(8 + _valid[0])];
                foreach (var (at, value, _) in edits) header[at % header.Length] = value;
                Survives([.. _valid[..8], .. header, .. _valid[(8 + header.Length)..]]);
            },
            iter: 20_000);

    private static void Survives(byte[] bytes)
    {
        if (!SafetensorsFile.TryParse(bytes, out var file, out var fault))
        {
            Assert.NotEmpty(fault);
            return;
        }

        var total = 0;
        foreach (var tensor in file.Tensors.Values)
        {
            Assert.Equal(tensor.Shape.Aggregate(1L, (product, dim) => product * dim), tensor.Length);
            total += tensor.Bytes.Length;
        }

        Assert.Equal(bytes.Length - 8 - BitConverter.ToInt32(bytes), total);
    }

    private static byte[] Mutate((int At, byte Value, int Kind)[] edits)
    {
        var bytes = _valid.ToList();
        foreach (var (at, value, kind) in edits)
        {
            var place = at % bytes.Count;
            if (kind == 0) bytes[place] = value;
            else if (kind == 1) bytes.Insert(place, value);
            else bytes.RemoveAt(place);
        }

        return [.. bytes];
    }

    private static byte[] Valid()
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["kind"] = "x";
        writer.Add("a", [1f, 2f, 3f], 3);
        writer.Add("b", [1L, 2L], 1, 2);
        writer.Add("c", new sbyte[] { 5 });
        var bytes = writer.ToArray();
        Assert.InRange(bytes.Length, 16, 8 + byte.MaxValue);
        return bytes;
    }
}
