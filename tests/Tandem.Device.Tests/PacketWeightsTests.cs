using CsCheck;
using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Device.Tests.Learning;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Device.Tests;

/// <summary>What a packet of each form makes of the shipped weights.</summary>
public class PacketWeightsTests
{
    /// <summary>Sums of a few products, held to the same in float64.</summary>
    private const double Tolerance = 1e-6;

    [Fact]
    public void Cores_are_added_as_in_double_precision()
    {
        var model = Personal.Load();
        var packet = Personal.Cores(model);
        AssertSums(model, packet, layer => [.. packet.Weights.Tensors[layer.Name + ".core"].ToSingles().Select(value => (double)value)]);
    }

    [Fact]
    public void Codes_are_added_as_in_double_precision()
    {
        var model = Personal.Load();
        byte[] codes = [4, 0, 2, 1];
        AssertSums(model, Personal.OfCodes(model, codes), layer => [.. Enumerable.Range(0, layer.CoreLength).Select(
            i => codes.Select((code, m) => (double)layer.Levels.Span[(m * Personal.Levels + code) * layer.CoreLength + i]).Sum())]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Layers_that_lie_transposed_and_have_no_bias_get_the_same(bool isWide)
    {
        var shape = Runners.Shape("ttt");
        var matrix = DeviceBackbones.CreateRunner(shape).Layout.Slices.First(tensor => tensor.IsTransposed && tensor.Shape[1] > 4);
        var name = matrix.Name[..^".weight".Length];
        var layer = Personal.Layer(name, matrix.Shape[0], matrix.Shape[1], hasBias: false, rank: isWide ? matrix.Shape.Min() : 3);
        var model = RandomBundle.Load(shape, factors: new([layer], maxNorm: 100));
        var packet = Personal.Cores(model);
        AssertSums(model, packet, _ => [.. packet.Weights.Tensors[name + ".core"].ToSingles().Select(value => (double)value)]);
    }

    [Fact]
    public void A_packet_may_change_some_of_the_layers()
    {
        var model = Personal.Load();
        var packet = Personal.Packet(model, null, writer =>
            PacketTensors.AddCore(writer, model.Factors!.Layers[1], Personal.Values(new(3), model.Factors.Layers[1].CoreLength)));
        var changed = PacketWeights.Of(packet, model);
        var (kept, other) = (Personal.TinyLayers[0] + ".weight", Personal.TinyLayers[1] + ".weight");
        Assert.Equal(Tensor(model, model.Weights, kept), Tensor(model, changed, kept));
        Assert.NotEqual(Tensor(model, model.Weights, other), Tensor(model, changed, other));
    }

    [Fact]
    public void Rows_of_int8_are_code_times_scale()
    {
        var model = TinyBundle.Load();
        var values = Personal.Values(new(1), 64);
        var packet = Personal.Packet(model, null, writer => PacketTensors.AddRows(writer, "backbone.blocks.0.output.weight", values, 8));
        var weights = PacketWeights.Of(packet, model);
        var found = Tensor(model, weights, "backbone.blocks.0.output.weight");
        for (var i = 0; i < 64; i++) Assert.Equal(values[i], found[i], 0.5 / 127 * 0.51);
        Assert.Equal(Tensor(model, model.Weights, "backbone.norm.weight"), Tensor(model, weights, "backbone.norm.weight"));
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("din")]
    [InlineData("ttt")] // has matrices that lie transposed
    public void Rows_keep_the_bits_of_their_plan(string backbone)
    {
        var model = RandomBundle.Load(Runners.Shape(backbone));
        NamedSlice[] matrices = [.. model.Runner.Layout.Slices.Where(tensor => tensor is { IsPersonal: false, Shape.Length: 2 }
            && tensor.Name.EndsWith(".weight", StringComparison.Ordinal))];
        var random = new Random(5);
        var choices = matrices.ToDictionary(matrix => matrix.Name, matrix => Personal.Choices(random, matrix.Shape[0]));
        var packet = Personal.Packet(model, null, writer =>
        {
            foreach (var (name, own) in choices) PacketTensors.AddPlan(writer, name[..^".weight".Length], own);
        });
        var changed = PacketWeights.Of(packet, model);
        foreach (var matrix in matrices)
        {
            var (shipped, found) = (Tensor(model, model.Weights, matrix.Name), Tensor(model, changed, matrix.Name));
            var I = matrix.Shape[1];
            for (var o = 0; o < matrix.Shape[0]; o++)
            {
                var expected = shipped.AsSpan(o * I, I).ToArray();
                var bits = PrecisionPlan.Bits[choices[matrix.Name][o]];
                var step = expected.Max(Math.Abs) / ((1 << (bits - 1)) - 1.0);
                double[] rounded = [.. expected.Select(value => bits == 32 ? value : Math.Round(value / step) * step)];
                Close.Row(rounded, found.AsSpan(o * I, I), Tolerance);
            }
        }

        foreach (var tensor in model.Runner.Layout.Slices.Except(matrices))
            Assert.Equal(Tensor(model, model.Weights, tensor.Name), Tensor(model, changed, tensor.Name));
    }

    [Fact]
    public void A_plan_of_any_bytes_is_refused_or_taken_row_by_row()
    {
        var model = Personal.Load();
        var layer = model.Factors!.Layers[0];
        var shipped = Tensor(model, model.Weights, layer.Name + ".weight");
        Gen.Byte.Array[1, 4].Sample(plan =>
        {
            var packet = Personal.Packet(
                model, null, writer => writer.Add<byte>(PacketTensors.PlanName(layer.Name), plan, plan.Length));
            if (plan.Length != 2)
            {
                Assert.Throws<SafetensorsException>(() => PacketWeights.Of(packet, model));
                return;
            }

            var found = Tensor(model, PacketWeights.Of(packet, model), layer.Name + ".weight");
            for (var o = 0; o < layer.Outputs; o++)
            {
                var row = shipped.AsSpan(o * layer.Inputs, layer.Inputs).ToArray();
                PrecisionPlan.Round(row, plan[o / 4] >> o % 4 * 2 & 3);
                Assert.Equal(row, found.AsSpan(o * layer.Inputs, layer.Inputs).ToArray());
            }
        });
    }

    public static TheoryData<string, string> Misfits => new()
    {
        { "unknown", "factors of layer 'backbone.blocks.7.output', which is none of this model's" },
        { "norm", "of [8, 8], its weights of [8]" },
        { "outputs", "of [7, 8], its weights of [8, 8]" },
        { "bias", "for a layer without a bias, which it is not" },
        { "adapter", "which is none of this model's" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Factors_that_do_not_fit_the_model_are_refused_with_the_bundle(string what, string reason)
    {
        var layer = what switch
        {
            "unknown" => Personal.Layer("backbone.blocks.7.output", 8, 8),
            "norm" => Personal.Layer("backbone.norm", 8, 8),
            "outputs" => Personal.Layer(Personal.TinyLayers[0], 7, 8),
            "adapter" => Personal.Layer("adapter", 8, 8),
            _ => Personal.Layer(Personal.TinyLayers[0], 8, 8, hasBias: false),
        };
        var bundle = new TinyBundle { Factors = new([layer]) }.Open();
        Assert.False(DeviceModel.TryLoad(bundle, out var model, out var fault));
        Assert.Null(model);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_says_which_factors_it_has()
    {
        Assert.Null(TinyBundle.Load().Factors);
        Assert.Equal(Personal.Tiny().Hash, Personal.Load().Factors!.Hash);
    }

    private static void AssertSums(DeviceModel model, ParameterPacket packet, Func<LayerFactors, double[]> coreOf)
    {
        var changed = PacketWeights.Of(packet, model);
        foreach (var layer in model.Factors!.Layers)
        {
            var (O, I, R, C, core) = (layer.Outputs, layer.Inputs, layer.Rank, layer.CoreColumns, coreOf(layer));
            var (up, down) = (layer.Up.ToArray(), layer.Down.ToArray());
            var shipped = Tensor(model, model.Weights, layer.Name + ".weight");
            var expected = new double[O * I];
            for (var o = 0; o < O; o++)
            {
                for (var i = 0; i < I; i++)
                {
                    expected[o * I + i] = shipped[o * I + i];
                    for (var r = 0; r < R; r++)
                        for (var s = 0; s < R; s++) expected[o * I + i] += (double)up[o * R + r] * core[r * C + s] * down[s * I + i];
                }
            }

            Close.Row(expected, Tensor(model, changed, layer.Name + ".weight"), Tolerance);
            if (!layer.HasBias) continue;
            var bias = Tensor(model, model.Weights, layer.Name + ".bias");
            double[] sums = [.. Enumerable.Range(0, O).Select(
                o => bias[o] + Enumerable.Range(0, R).Sum(r => (double)up[o * R + r] * core[r * C + R]))];
            Close.Row(sums, Tensor(model, changed, layer.Name + ".bias"), Tolerance);
        }

        Assert.NotEqual(model.Weights.Span.ToArray(), changed.Span.ToArray());
    }

    /// <summary>A tensor's values in the order of its shape.</summary>
    private static float[] Tensor(DeviceModel model, AlignedFloats weights, string name)
    {
        Assert.True(model.Runner.Layout.TryFind(name, out var tensor));
        var values = tensor.Slice.Of(weights.Span).ToArray();
        if (!tensor.IsTransposed) return values;
        var (O, I) = (tensor.Shape[0], tensor.Shape[1]);
        return [.. Enumerable.Range(0, O * I).Select(at => values[at % I * O + at / I])];
    }
}
