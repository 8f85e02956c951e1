using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Tandem.Protocol.Safetensors;

/// <summary>Reads the JSON header. Everything in it is foreign, so a fault is an answer here, not an exception.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    /// <summary>What stands before the header: its length as a 64-bit number.</summary>
    public const int LengthBytes = 8;

    /// <summary>Longest header that is read, the reference implementation's limit.</summary>
    private const ulong LongestBytes = 100_000_000;

    // The last of two equal names would win silently, and other readers take the first.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    public List<TensorHeader> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads how long the header is and holds it against the file.</summary>
    /// <param name="start">The first <see cref="LengthBytes"/> bytes, or all of a shorter file.</param>
    /// <param name="fileBytes">Length of the file.</param>
    /// <param name="length">Bytes of the header.</param>
    /// <param name="fault">What is wrong, or null.</param>
    public static bool TryLength(ReadOnlySpan<byte> start, long fileBytes, out int length, [NotNullWhen(false)] out string? fault)
    {
        length = 0;
        if (!BitConverter.IsLittleEndian) return Refuse("the format is little-endian and this machine is not", out fault);
        if (fileBytes < LengthBytes)
            return Refuse($"{fileBytes} bytes are too few, expected at least the {LengthBytes} of the header length", out fault);
        var claimed = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (claimed > LongestBytes) return Refuse($"the header claims {claimed} bytes, expected at most {LongestBytes}", out fault);
        var rest = fileBytes - LengthBytes;
        if (claimed > (ulong)rest)
            return Refuse($"the header claims {claimed} bytes, but only {rest} follow: the file is cut off", out fault);
        (length, fault) = ((int)claimed, null);
        return true;
    }

    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out SafetensorsHeader? header,
        [NotNullWhen(false)] out string? fault)
    {
        header = null;
        if (json.IsEmpty || json.Span[0] != '{') return Refuse("the header does not begin with '{'", out fault);
        if (!Utf8.IsValid(json.Span)) return Refuse("the header is not valid UTF-8", out fault);

        try
        {
            using var document = JsonDocument.Parse(json, _strict);
            var read = new SafetensorsHeader();
            if (!read.TryReadAll(document.RootElement, out fault)) return false;
            header = read;
            return true;
        }
        catch (JsonException e)
        {
            return Refuse($"the header is not valid JSON: {FaultText.Shorten(e.Message)}", out fault);
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 passes the parser, but half a surrogate pair is no text.
            return Refuse("the header holds a text with half a surrogate pair", out fault);
        }
    }

    private bool TryReadAll(JsonElement root, [NotNullWhen(false)] out string? fault)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals(MetadataName))
            {
                if (!TryReadMetadata(member.Value, out fault)) return false;
            }
            else if (!TryReadTensor(member.Name, member.Value, out fault))
            {
                return false;
            }
        }

        fault = null;
        return true;
    }

    private bool TryReadMetadata(JsonElement value, [NotNullWhen(false)] out string? fault)
    {
        if (value.ValueKind != JsonValueKind.Object) return Refuse($"{MetadataName} is not an object", out fault);
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                return Refuse($"{MetadataName} entry {FaultText.Quote(member.Name)} is not a string", out fault);
            Metadata.Add(member.Name, member.Value.GetString()!);
        }

        fault = null;
        return true;
    }

    private bool TryReadTensor(string name, JsonElement value, [NotNullWhen(false)] out string? fault)
    {
        var tensor = FaultText.Quote(name);
        if (value.ValueKind != JsonValueKind.Object) return Refuse($"tensor {tensor} is not described by an object", out fault);
        if (!value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String)
            return Refuse($"tensor {tensor} has no dtype", out fault);
        if (!TensorTypes.TryParse(dtype.GetString(), out var type))
            return Refuse($"tensor {tensor} has dtype {FaultText.Quote(dtype.GetString())}, which this reader does not know", out fault);
        if (!TryReadShape(tensor, value, out var shape, out fault)) return false;
        if (!value.TryGetProperty("data_offsets", out var offsets)
            || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2
            || !TryReadWhole(offsets[0], long.MaxValue, out var begin)
            || !TryReadWhole(offsets[1], long.MaxValue, out var end))
        {
            return Refuse($"tensor {tensor} has no data_offsets of two whole numbers", out fault);
        }

        Tensors.Add(new TensorHeader(name, type, shape, begin, end));
        return true;
    }

    private static bool TryReadShape(
        string tensor, JsonElement value, out ImmutableArray<int> shape, [NotNullWhen(false)] out string? fault)
    {
        shape = [];
        if (!value.TryGetProperty("shape", out var dims) || dims.ValueKind != JsonValueKind.Array)
            return Refuse($"tensor {tensor} has no shape", out fault);

        var builder = ImmutableArray.CreateBuilder<int>(dims.GetArrayLength());
        foreach (var dim in dims.EnumerateArray())
        {
            if (!TryReadWhole(dim, int.MaxValue, out var length))
            {
                var found = FaultText.Shorten(dim.GetRawText());
                return Refuse($"tensor {tensor} has dimension {found}, expected a whole number from 0 to {int.MaxValue}", out fault);
            }

            builder.Add((int)length);
        }

        shape = builder.MoveToImmutable();
        fault = null;
        return true;
    }

    private static bool TryReadWhole(JsonElement element, long largest, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value) && value >= 0 && value <= largest;
    }

    private static bool Refuse(string reason, out string fault)
    {
        fault = reason;
        return false;
    }
}
