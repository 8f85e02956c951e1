using System.Globalization;
using CsCheck;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Parameters;

/// <summary>What a packet may hold: full weights as floats or int8, cores, or codes.</summary>
public class PacketFormTests(ITestOutputHelper output)
{
    private static readonly ParameterFactors _factors = SampleFactors.Of();

    private static readonly ParameterPacketOptions _timed =
        new() { Factors = _factors.Hash, CreatedAt = 1_700_000_000, ValidFor = 3_600 };

    public static TheoryData<ParameterForm> Forms => [.. Enum.GetValues<ParameterForm>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_form_comes_back_as_it_was_written(ParameterForm form)
    {
        Assert.True(ParameterPacket.TryParse(Bytes(form), out var packet, out var fault), fault);
        Assert.Equal(("m1", "p7", form, _factors.Hash), (packet.ModelVersion, packet.Version, packet.Form, packet.Factors));
        Assert.Equal((1_700_000_000L, 3_600L, 1_700_003_600L), (packet.CreatedAt, packet.ValidFor, packet.ExpiresAt));
        Assert.Equal(64, packet.Weights.Metadata["checksum"].Length);
    }

    [Fact]
    public void A_packet_need_not_say_when_it_was_made()
    {
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("m1", "p7", Full()), out var packet, out var fault), fault);
        Assert.Equal((null, null, null, null), (packet.CreatedAt, packet.ValidFor, packet.ExpiresAt, packet.Factors));
        var endless = new ParameterPacketOptions { CreatedAt = long.MaxValue, ValidFor = long.MaxValue };
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("m1", "p7", Full(), endless), out packet, out fault), fault);
        Assert.Equal(long.MaxValue, packet.ExpiresAt);
    }

    [Fact]
    public void What_a_writer_said_before_is_not_said_again()
    {
        var writer = Full();
        ParameterPacket.ToBytes("m1", "p7", writer, _timed);
        Assert.Equal(ParameterPacket.ToBytes("m1", "p8", Full()), ParameterPacket.ToBytes("m1", "p8", writer));
    }

    [Fact]
    public void Rows_of_int8_are_the_values_within_half_a_step()
    {
        var values = SampleFactors.Values(new(3), 12);
        var writer = new SafetensorsWriter();
        PacketTensors.AddRows(writer, "layer.weight", values, outputs: 3);
        var file = Parsed(ParameterPacket.ToBytes("m1", "p7", writer)).Weights;
        var codes = file.Get("layer.weight", 3, 4).As<sbyte>().ToArray();
        var scales = file.Get("layer.weight.scale", 3).As<float>().ToArray();
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], codes[i] * scales[i / 4], 0.51 * scales[i / 4]);
        Assert.Throws<ArgumentException>("values", () => PacketTensors.AddRows(writer, "x", values, outputs: 5));
    }

    [Fact]
    public void Cores_are_float16()
    {
        var core = SampleFactors.Values(new(3), 12);
        var writer = new SafetensorsWriter();
        PacketTensors.AddCore(writer, _factors.Layers[0], core);
        var stored = Parsed(ParameterPacket.ToBytes("m1", "p7", writer, _timed)).Weights.Get("a.output.core", 3, 4);
        Assert.Equal([.. core.Select(value => (Half)value)], stored.As<Half>().ToArray());
        Assert.Throws<ArgumentException>("core", () => PacketTensors.AddCore(writer, _factors.Layers[1], core));
        Assert.Throws<ArgumentException>("core", () => PacketTensors.AddCore(writer, _factors.Layers[1], [0, 0, 0, 1e6f]));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "codes and a core", "mixes codes with other tensors" },
        { "core and weights", "mixes cores with other tensors" },
        { "codes of int", "I32 [3], expected U8 [M]" },
        { "no codes", "U8 [0], expected U8 [M]" },
        { "codes in rows", "U8 [1, 3], expected U8 [M]" },
        { "plan and weights", "mixes plans with other tensors" },
        { "plan and a core", "mixes cores with other tensors" },
        { "plan of int8", "I8 [2], expected U8 [⌈O / 4⌉]" },
        { "no plan", "U8 [0], expected U8 [⌈O / 4⌉]" },
        { "plan in rows", "U8 [2, 1], expected U8 [⌈O / 4⌉]" },
        { "core of int8", "I8 [3, 4], expected F16, F32 or BF16" },
        { "core too wide", "F32 [3, 5], expected" },
        { "core flat", "F32 [12], expected" },
        { "rows without scales", "has no scales '.scale' F32 [2]" },
        { "rows with few scales", "has no scales '.scale' F32 [2]" },
        { "row of -128", "a code -128" },
        { "scale below 0", "a scale that is not 0 to" },
        { "scale NaN", "a scale that is not 0 to" },
        { "int8 of one axis", "I8 [6], expected rows [O, I] of int8" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_no_form_is_refused(string what, string reason)
    {
        var w = new SafetensorsWriter();
        switch (what)
        {
            case "codes and a core": w.Add<byte>("codes", [1], 1); w.Add<float>("a.core", new float[6], 2, 3); break;
            case "core and weights": w.Add<float>("a.weight", new float[6], 2, 3); w.Add<float>("a.core", new float[6], 2, 3); break;
            case "codes of int": w.Add("codes", [1, 2, 3], 3); break;
            case "no codes": w.Add<byte>("codes", [], 0); break;
            case "codes in rows": w.Add<byte>("codes", [1, 2, 3], 1, 3); break;
            case "plan and weights": w.Add<byte>("a.plan", [1], 1); w.Add<float>("a.weight", new float[6], 2, 3); break;
            case "plan and a core": w.Add<byte>("a.plan", [1], 1); w.Add<float>("a.core", new float[6], 2, 3); break;
            case "plan of int8": w.Add<sbyte>("a.plan", [1, 2], 2); break;
            case "no plan": w.Add<byte>("a.plan", [], 0); break;
            case "plan in rows": w.Add<byte>("a.plan", [1, 2], 2, 1); break;
            case "core of int8": w.Add<sbyte>("a.core", new sbyte[12], 3, 4); break;
            case "core too wide": w.Add<float>("a.core", new float[15], 3, 5); break;
            case "core flat": w.Add<float>("a.core", new float[12], 12); break;
            case "int8 of one axis": w.Add<sbyte>("a.weight", new sbyte[6], 6); break;
            default:
                w.Add<sbyte>("a.weight", [0, 0, 0, 0, 0, what == "row of -128" ? sbyte.MinValue : (sbyte)1], 2, 3);
                var scale = what == "scale NaN" ? float.NaN : what == "scale below 0" ? -1f : 1f;
                if (what == "rows with few scales") w.Add("a.weight.scale", [1f], 1);
                else if (what != "rows without scales") w.Add("a.weight.scale", [1f, scale], 2);
                break;
        }

        AssertRefused(reason, ParameterPacket.ToBytes("m1", "p7", w, _timed));
    }

    [Fact]
    public void Small_forms_without_the_hash_of_their_factors_are_refused()
    {
        AssertRefused("lack 'factors'", ParameterPacket.ToBytes("m1", "p7", Codes()));
        AssertRefused("lack 'factors'", ParameterPacket.ToBytes("m1", "p7", Cores()));
    }

    [Fact]
    public void A_plan_needs_no_factors()
    {
        var packet = Parsed(ParameterPacket.ToBytes("m1", "p7", Plans()));
        Assert.Equal((ParameterForm.Plan, null), (packet.Form, packet.Factors));
        var plan = packet.Weights.Get("a.output.plan", 2).As<byte>().ToArray();
        Assert.Equal([3, 0, 1, 2, 3], Enumerable.Range(0, 5).Select(row => PrecisionPlan.Choice(plan, row)));
        Assert.Throws<ArgumentException>("choices", () => PacketTensors.AddPlan(new(), "a.output", [0, 4]));
        Assert.Throws<ArgumentException>("layer", () => PacketTensors.AddPlan(new(), " ", [0]));
    }

    [Theory]
    [InlineData("createdAt", "yesterday", "'createdAt' is 'yesterday'")]
    [InlineData("createdAt", "-5", "createdAt is -5")]
    [InlineData("createdAt", "9223372036854775808", "expected a whole number")]
    [InlineData("validFor", "0", "validFor is 0")]
    [InlineData("validFor", "1.5", "'validFor' is '1.5'")]
    [InlineData("validFor", "60", "counts from createdAt, which is missing")]
    [InlineData("factors", " ", "factors is empty")]
    public void Metadata_that_nobody_can_mean_are_refused(string key, string value, string reason)
    {
        var writer = Full();
        (writer.Metadata["modelVersion"], writer.Metadata["version"], writer.Metadata[key]) = ("m1", "p7", value);
        AssertRefused(reason, writer.ToArray());
        if (!long.TryParse(value, CultureInfo.InvariantCulture, out var number)) return;
        var options = key == "createdAt" ? new ParameterPacketOptions { CreatedAt = number } : new() { ValidFor = number };
        Assert.Throws<ArgumentException>("options", () => ParameterPacket.ToBytes("m1", "p7", Full(), options));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_changed_packet_is_told_by_its_checksum(ParameterForm form)
    {
        var whole = Bytes(form);
        for (var at = whole.Length - 1; at > whole.Length - 4; at--)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            AssertRefused("the checksum is not that of the content", changed);
        }

        var text = System.Text.Encoding.Latin1.GetString(whole);
        var later = text.Replace("\"validFor\":\"3600\"", "\"validFor\":\"9600\"", StringComparison.Ordinal);
        AssertRefused("the checksum is not that of the content", System.Text.Encoding.Latin1.GetBytes(later));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Mutated_packets_never_throw(ParameterForm form)
    {
        Assert.True(SafetensorsFile.TryParse(Bytes(form), out var file, out _));
        var bare = new SafetensorsWriter(); // without a checksum, so that more than it is tried
        foreach (var (key, value) in file.Metadata)
            if (key != "checksum") bare.Metadata[key] = value;
        foreach (var tensor in file.Tensors.Values) bare.AddBytes(tensor.Name, tensor.Type, tensor.Bytes.Span, tensor.Shape.AsSpan());
        var whole = bare.ToArray();
        Assert.True(ParameterPacket.TryParse(whole, out _, out var refusal), refusal);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var bytes = whole.ToArray();
                foreach (var (at, edited) in edits) bytes[at] = edited;
                if (!ParameterPacket.TryParse(bytes, out _, out var fault)) Assert.NotEmpty(fault);
            },
            iter: 3_000);
    }

    /// <summary>Two layers of 32 × 32 with a bias, rank 8: what a user's packet costs on the wire.</summary>
    [Fact]
    public void Small_forms_are_small()
    {
        string[] layers = ["backbone.blocks.0.output", "backbone.blocks.1.output"];
        var factors = new ParameterFactors(
            [.. layers.Select(name => SampleFactors.Layer(name, 32, 32, 8, true, hasLevels: true, codes: 8, levels: 16))]);
        var options = new ParameterPacketOptions { Factors = factors.Hash, CreatedAt = 1_700_000_000, ValidFor = 86_400 };
        SafetensorsWriter full = new(), rows = new(), cores = new(), codes = new(), plans = new();
        foreach (var layer in factors.Layers)
        {
            full.Add<float>(layer.Name + ".weight", new float[32 * 32], 32, 32);
            full.Add<float>(layer.Name + ".bias", new float[32], 32);
            PacketTensors.AddRows(rows, layer.Name + ".weight", new float[32 * 32], 32);
            rows.Add<float>(layer.Name + ".bias", new float[32], 32);
            PacketTensors.AddCore(cores, layer, new float[layer.CoreLength]);
            PacketTensors.AddPlan(plans, layer.Name, new byte[32]);
        }

        PacketTensors.AddCodes(codes, [1, 2, 3, 4, 5, 6, 7, 8]);
        int[] sizes = [.. new[] { full, rows, cores, codes, plans }.Select(writer => ParameterPacket.ToBytes(
            "0123456789abcdef", "user-17-3", writer, writer == plans ? options with { Factors = null } : options).Length)];
        output.WriteLine(
            $"full {sizes[0]}, int8 {sizes[1]}, float16 cores {sizes[2]} of 288, codes {sizes[3]} of 8, plans {sizes[4]} of 16 bytes");
        Assert.InRange(sizes[0], 8_448, 9_472);
        Assert.InRange(sizes[1], 2_560, 3_712);
        Assert.InRange(sizes[2], 288, 1_024);
        Assert.InRange(sizes[3], 8, 512);
        Assert.InRange(sizes[4], 16, 640);
    }

    private static void AssertRefused(string reason, byte[] bytes)
    {
        Assert.False(ParameterPacket.TryParse(bytes, out var packet, out var fault));
        Assert.Null(packet);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    private static ParameterPacket Parsed(byte[] bytes) =>
        ParameterPacket.TryParse(bytes, out var packet, out var fault) ? packet : throw new InvalidOperationException(fault);

    private static byte[] Bytes(ParameterForm form) => ParameterPacket.ToBytes("m1", "p7", form switch
    {
        ParameterForm.LowRank => Cores(),
        ParameterForm.Codes => Codes(),
        ParameterForm.Plan => Plans(),
        _ => Full(),
    }, _timed);

    private static SafetensorsWriter Full()
    {
        var writer = new SafetensorsWriter();
        PacketTensors.AddRows(writer, "a.output.weight", SampleFactors.Values(new(1), 20), outputs: 4);
        writer.Add("a.output.bias", [1f, 2f, 3f, 4f], 4);
        return writer;
    }

    private static SafetensorsWriter Cores()
    {
        var writer = new SafetensorsWriter();
        foreach (var layer in _factors.Layers) PacketTensors.AddCore(writer, layer, SampleFactors.Values(new(2), layer.CoreLength));
        return writer;
    }

    private static SafetensorsWriter Codes()
    {
        var writer = new SafetensorsWriter();
        PacketTensors.AddCodes(writer, [4, 0, 2]);
        return writer;
    }

    private static SafetensorsWriter Plans()
    {
        var writer = new SafetensorsWriter();
        PacketTensors.AddPlan(writer, "a.output", [3, 0, 1, 2, 3]);
        PacketTensors.AddPlan(writer, "b.contract", [1, 1, 2, 3, 0, 2, 1, 0]);
        return writer;
    }
}
