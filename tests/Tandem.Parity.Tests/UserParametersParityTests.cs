using Tandem.Data;
using Tandem.Device;
using Tandem.Device.Models;
using Tandem.Learning;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Protocol.Parameters;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>A device with the packet that was made of its user's history scores as the cloud's model does.</summary>
public sealed class UserParametersParityTests : IDisposable
{
    private const int Items = 60, Window = 12;
    private const string Din = "din";

    private static readonly Dictionary<string, BackboneOptions> _backbones = new()
    {
        ["sasrec"] = new SasRecOptions { Width = 16, Blocks = 2, Heads = 2, Window = Window },
        ["ligr"] = new SasRecOptions { Width = 21, Blocks = 1, Heads = 3, Window = Window, Block = SasRecBlockKind.Ligr },
        ["gru4rec"] = new Gru4RecOptions { Width = 16, Hidden = 24, Window = Window },
        ["hstu"] = new HstuOptions { Width = 16, AttentionWidth = 8, LinearWidth = 8, Window = Window },
        ["ttt"] = new TttOptions { Width = 16, Heads = 2, Window = Window, MiniBatch = 4, Gate = true },
    };

    private static readonly History[] _histories = [.. Enumerable.Range(0, 3).Select(user =>
        (History)Enumerable.Range(0, 9 - user).Select(i => 1 + (7 * i + 11 * user) % Items).ToArray())];

    private static readonly RankedCases _cases = new(_histories.Length, i => _histories[i], _ => 1);

    private readonly TemporaryFolder _folder = new();

    public static IEnumerable<string> Networks => [.. _backbones.Keys, Din];

    public static TheoryData<string, ParameterSourceKind> Cases => new(
        from network in Networks
        from source in new[] { ParameterSourceKind.Duet, ParameterSourceKind.Apg, ParameterSourceKind.Solid }
        select (network, source));

    public static TheoryData<string> Planned => [.. Networks];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_device_with_a_users_packet_scores_as_the_model_does(string network, ParameterSourceKind kind)
    {
        using var outer = NewDisposeScope();
        var (scorer, source) = Scorer(network, kind);
        var device = DeviceModel.Open(_folder["bundle"]);
        var parameters = UserParameters.Of(scorer)!;
        Assert.Equal(ParameterForm.Codes, parameters.SmallestForm);
        foreach (var history in _histories)
        {
            var expected = Expected(scorer, history);
            Assert.True(
                Scores(device, bytes: null, history).Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.003,
                "weights that hardly differ would prove nothing");
            Close.Row(expected, Scores(device, parameters.Make(history, ParameterForm.Full, device.Version), history));
            source.Delivery = numbers => Array.ConvertAll(numbers, number => (float)(Half)number);
            var rounded = Expected(scorer, history);
            source.Delivery = null;
            Close.Row(rounded, Scores(device, parameters.Make(history, ParameterForm.LowRank, device.Version), history));
            Close.Row(expected, Scores(device, parameters.Make(history, ParameterForm.Codes, device.Version), history), tolerance: 0.005);
            Assert.Throws<NotSupportedException>(() => parameters.Make(history, ParameterForm.Plan, device.Version));
        }
    }

    [Theory]
    [MemberData(nameof(Planned))]
    public void A_device_with_a_users_plan_scores_as_the_model_does(string network)
    {
        using var outer = NewDisposeScope();
        var (scorer, source) = Scorer(network, ParameterSourceKind.Precision);
        var device = DeviceModel.Open(_folder["bundle"]);
        var parameters = UserParameters.Of(scorer)!;
        Assert.Equal(ParameterForm.Plan, parameters.SmallestForm);
        Assert.Null(device.Factors);
        var plans = new HashSet<string>();
        foreach (var history in _histories)
        {
            var expected = Expected(scorer, history);
            Assert.True(
                Scores(device, bytes: null, history).Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.003,
                "weights that hardly differ would prove nothing");
            var bytes = parameters.Make(history, ParameterForm.Plan, device.Version);
            Close.Row(expected, Scores(device, bytes, history));
            Close.Row(expected, Scores(device, parameters.Make(history, ParameterForm.Full, device.Version), history));
            plans.Add(AssertRounded(source, device, bytes));
            foreach (var form in new[] { ParameterForm.Codes, ParameterForm.LowRank })
                Assert.Throws<NotSupportedException>(() => parameters.Make(history, form, device.Version));
        }

        Assert.True(plans.Count > 1, "users with one plan would prove nothing of a plan for each");
    }

    /// <summary>The device's rows are Torch's of as many bits, to the bit.</summary>
    /// <returns>All choices of the plan.</returns>
    private static string AssertRounded(ParameterSource source, DeviceModel device, byte[] bytes)
    {
        Assert.True(ParameterPacket.TryParse(bytes, out var packet, out var fault), fault);
        var (changed, seen) = (PacketWeights.Of(packet, device), "");
        foreach (var layer in source.Layers.Select(layer => layer.Slot))
        {
            Assert.True(device.Runner.Layout.TryFind(layer + ".weight", out var matrix));
            var (O, I) = (matrix.Shape[0], matrix.Shape[1]);
            var shipped = tensor(InOrder(matrix, device.Weights.Span), O, I);
            var each = PrecisionPlan.Bits.ToArray()
                .Select(bits => PrecisionLayer.Quantised(shipped, bits).data<float>().ToArray()).ToArray();
            var plan = packet.Weights.Tensors[PacketTensors.PlanName(layer)].As<byte>();
            var found = InOrder(matrix, changed.Span);
            for (var o = 0; o < O; o++)
            {
                var choice = PrecisionPlan.Choice(plan, o);
                seen += choice;
                Assert.Equal(each[choice][(o * I)..((o + 1) * I)], found[(o * I)..((o + 1) * I)]);
            }
        }

        return seen;
    }

    /// <summary>[O × I] row-major.</summary>
    private static float[] InOrder(NamedSlice matrix, ReadOnlySpan<float> weights)
    {
        var (values, O, I) = (matrix.Slice.Of(weights).ToArray(), matrix.Shape[0], matrix.Shape[1]);
        return matrix.IsTransposed ? [.. Enumerable.Range(0, O * I).Select(at => values[at % I * O + at / I])] : values;
    }

    /// <summary>A model of random weights whose bundle is written.</summary>
    private (IItemScorer Scorer, ParameterSource Source) Scorer(string network, ParameterSourceKind kind)
    {
        manual_seed(7);
        // As many codes as histories: the codes of a user are that user's numbers.
        var options = new ParameterOptions { Source = kind, Rank = 4, Width = 8, CodeLevels = 2, CodeSize = 4 };
        var terms = new ItemTerms(5, [.. Enumerable.Range(0, Items).Select(i => new[] { i % 5 })]);
        var bundle = new DeviceBundleOptions { Name = "personal", CatalogVersion = "catalogue", Items = ItemStorage.Full };
        if (network == Din)
        {
            var widths = new DinOptions { Width = 16, AttentionHidden = 8, Hidden = 20, LastHidden = 10, Window = Window };
            var din = new Din(Items, widths, new Noise(1), options, terms);
            Fill(din, din.Parameters!);
            var own = UserParameters.FactorsOf(din, _cases, seed: 1);
            DeviceBundle.Write(din, _folder["bundle"], bundle with { Factors = own });
            return (new DinScorer(din) { Factors = own }, din.Parameters!);
        }

        var model = new SequenceModel(Items, _backbones[network].Build(new Noise(1)), parameters: options, terms: terms);
        Fill(model, model.Parameters!);
        var factors = UserParameters.FactorsOf(model, _cases, seed: 1);
        DeviceBundle.Write(model, _folder["bundle"], bundle with { Factors = factors });
        return (new SequenceScorer(model) { Factors = factors }, model.Parameters!);
    }

    private static void Fill(nn.Module model, ParameterSource source)
    {
        model.eval();
        RandomWeights.Fill(model);
        using var mode = no_grad();
        foreach (var parameter in source.parameters()) parameter.copy_(parameter.Times(4));
    }

    private static float[] Expected(IItemScorer scorer, History history)
    {
        var scores = new float[Items + 1];
        scorer.Score([history], scores);
        return scores[1..];
    }

    private static float[] Scores(DeviceModel device, byte[]? bytes, History history)
    {
        var session = new DeviceSession(device, new() { ExcludeConsumed = false });
        if (bytes is not null)
        {
            Assert.True(ParameterPacket.TryParse(bytes, out var packet, out var fault), fault);
            Assert.True(session.TryApply(packet, out fault), fault);
        }

        foreach (var item in history.Items.Span) session.Observe(item);
        return ModelPair.SessionScores(session);
    }
}
