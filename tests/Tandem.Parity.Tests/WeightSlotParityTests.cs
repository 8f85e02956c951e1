using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>Weights that are changed for each row of a batch in Torch are the weights that a packet brings to each user's device.</summary>
public sealed class WeightSlotParityTests : IDisposable
{
    private const int Items = 60, Window = 12, Users = 3, Rank = 2;

    private static readonly Dictionary<string, BackboneOptions> _backbones = new()
    {
        ["sasrec"] = new SasRecOptions { Width = 16, Blocks = 2, Heads = 2, Window = Window },
        ["ligr"] = new SasRecOptions { Width = 21, Blocks = 1, Heads = 3, Window = Window, Block = SasRecBlockKind.Ligr },
        ["gru4rec"] = new Gru4RecOptions { Width = 16, Hidden = 24, Window = Window },
        ["hstu"] = new HstuOptions { Width = 16, AttentionWidth = 8, LinearWidth = 8, Window = Window },
        ["ttt"] = new TttOptions { Width = 16, Heads = 2, Window = Window, MiniBatch = 4, Gate = true },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Backbones => [.. _backbones.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Backbones))]
    public void A_users_device_scores_as_their_row_does(string backbone)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        manual_seed(5);
        var model = new SequenceModel(Items, _backbones[backbone].Build(new Noise(1)));
        model.eval();
        RandomWeights.Fill(model);
        DeviceBundle.Write(model, _folder["bundle"], new() { Name = "slots", CatalogVersion = "catalogue", Items = ItemStorage.Full });
        var device = DeviceModel.Open(_folder["bundle"]);

        var slots = new WeightSlots(model);
        var (adapter, history) = (Drawn(new StateAdapter(model.Backbone.Width)), ModelPairs.History(9).Items);
        using var change = slots.Change(slots.Names.ToDictionary(name => name, name => Draw(slots[name])));
        var rows = model.Rows([.. Enumerable.Repeat(history, Users).SelectMany(items => items).Select(item => (long)item)]).view(
            Users, history.Length, -1);
        var states = adapter.forward(model.Encode(rows)[TensorIndex.Colon, -1]);         // [users, D]
        var scores = states.matmul(model.Table().narrow(0, 1, Items).t());
        var shipped = Scores(device, packet: null, history);
        for (var user = 0; user < Users; user++)
        {
            var own = Scores(device, Packet(slots, adapter, device.Version, user), history);
            Close.Row(scores[user].data<float>().ToArray(), own);
            Assert.True(
                own.Zip(shipped).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.01, "weights that hardly differ would prove nothing");
        }
    }

    private static WeightDelta Draw(SlotLinear layer)
    {
        var (O, I) = (layer.Weight.shape[0], layer.Weight.shape[1]);
        return new()
        {
            Weight = TensorArithmetic.Normal(0.05, Users, O, I),
            Down = TensorArithmetic.Normal(0.2, Rank, I),
            Up = TensorArithmetic.Normal(0.2, Users, O, Rank),
            Bias = layer.Bias is null ? null : TensorArithmetic.Normal(0.1, Users, O),
        };
    }

    private static StateAdapter Drawn(StateAdapter adapter)
    {
        adapter.Up.normal_(0, 0.1);
        return adapter;
    }

    private static ParameterPacket Packet(WeightSlots slots, StateAdapter adapter, string version, int user)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, values) in slots.Folded(user))
        {
            writer.Add(
            name, values.data<float>().ToArray(), [.. values.shape.Select(n => (int)n)]);
        }

        writer.Add(AdapterForm.UpName, adapter.Up.data<float>().ToArray(), [.. adapter.Up.shape.Select(n => (int)n)]);
        Assert.True(
            ParameterPacket.TryParse(ParameterPacket.ToBytes(version, $"user {user}", writer), out var packet, out var fault), fault);
        return packet;
    }

    private static float[] Scores(DeviceModel device, ParameterPacket? packet, int[] history)
    {
        var session = new DeviceSession(device, new() { ExcludeConsumed = false });
        if (packet is not null) Assert.True(session.TryApply(packet, out var fault), fault);
        foreach (var item in history) session.Observe(item);
        return ModelPair.SessionScores(session);
    }
}
