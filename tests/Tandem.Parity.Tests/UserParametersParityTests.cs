using Tandem.Data;
using Tandem.Device;
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

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, ParameterSourceKind> Cases => new(
        from backbone in _backbones.Keys
        from source in new[] { ParameterSourceKind.Duet, ParameterSourceKind.Apg, ParameterSourceKind.Solid }
        select (backbone, source));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_device_with_a_users_packet_scores_as_the_model_does(string backbone, ParameterSourceKind source)
    {
        using var outer = NewDisposeScope();
        var model = Model(backbone, source);
        // As many codes as histories: the codes of a user are that user's numbers.
        var factors = UserParameters.FactorsOf(model, new RankedCases(_histories.Length, i => _histories[i], _ => 1), seed: 1)!;
        using var scorer = new SequenceScorer(model) { Factors = factors };
        DeviceBundle.Write(model, _folder["bundle"], new()
        {
            Name = "personal",
            CatalogVersion = "catalogue",
            Items = ItemStorage.Full,
            Factors = factors,
        });
        var device = DeviceModel.Open(_folder["bundle"]);
        var parameters = new UserParameters(scorer);
        foreach (var history in _histories)
        {
            var expected = Expected(scorer, history);
            Assert.True(
                Scores(device, bytes: null, history).Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.003,
                "weights that hardly differ would prove nothing");
            Close.Row(expected, Scores(device, parameters.Make(history, ParameterForm.Full, device.Version), history));
            model.Parameters!.Delivery = numbers => Array.ConvertAll(numbers, number => (float)(Half)number);
            var rounded = Expected(scorer, history);
            model.Parameters.Delivery = null;
            Close.Row(rounded, Scores(device, parameters.Make(history, ParameterForm.LowRank, device.Version), history));
            Close.Row(expected, Scores(device, parameters.Make(history, ParameterForm.Codes, device.Version), history), tolerance: 0.005);
        }
    }

    private static SequenceModel Model(string backbone, ParameterSourceKind source)
    {
        manual_seed(7);
        var options = new ParameterOptions { Source = source, Rank = 4, Width = 8, CodeLevels = 2, CodeSize = 4 };
        var terms = new ItemTerms(5, [.. Enumerable.Range(0, Items).Select(i => new[] { i % 5 })]);
        var model = new SequenceModel(Items, _backbones[backbone].Build(new Noise(1)), parameters: options, terms: terms);
        model.eval();
        RandomWeights.Fill(model);
        using var mode = no_grad();
        foreach (var parameter in model.Parameters!.parameters()) parameter.copy_(parameter.Times(4));
        return model;
    }

    private static float[] Expected(SequenceScorer scorer, History history)
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
