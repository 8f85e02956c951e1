using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>Changes of low rank for each row of a batch in Torch are what a packet of cores brings to each user's device.</summary>
public sealed class PersonalWeightsParityTests : IDisposable
{
    private const int Items = 60, Window = 12, Users = 3, MostRank = 4;

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
        manual_seed(7);
        var model = new SequenceModel(Items, _backbones[backbone].Build(new Noise(1)));
        model.eval();
        RandomWeights.Fill(model);
        var slots = new WeightSlots(model);
        var layers = slots.Names.Select(name => new Drawn(name, slots[name])).ToArray();
        DeviceBundle.Write(model, _folder["bundle"], new()
        {
            Name = "personal",
            CatalogVersion = "catalogue",
            Items = ItemStorage.Full,
            Factors = new([.. layers.Select(layer => layer.Factors)]),
        });
        var device = DeviceModel.Open(_folder["bundle"]);

        var history = ModelPairs.History(9).Items;
        using var change = slots.Change(layers.ToDictionary(layer => layer.Name, layer => layer.Delta));
        var rows = model.Rows([.. Enumerable.Repeat(history, Users).SelectMany(items => items).Select(item => (long)item)]).view(
            Users, history.Length, -1);
        var scores = model.Encode(rows)[TensorIndex.Colon, -1].matmul(model.Table().narrow(0, 1, Items).t());
        var shipped = Scores(device, packet: null, history);
        for (var user = 0; user < Users; user++)
        {
            var own = Scores(device, Packet(device, layers, user), history);
            Close.Row(scores[user].data<float>().ToArray(), own);
            Assert.True(
                own.Zip(shipped).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.01, "weights that hardly differ would prove nothing");
        }
    }

    private static ParameterPacket Packet(DeviceModel device, Drawn[] layers, int user)
    {
        var writer = new SafetensorsWriter();
        foreach (var layer in layers)
        {
            var core = layer.Core[user].contiguous().data<float>().ToArray(); // float32: float16 would be seen in the scores
            writer.Add<float>(PacketTensors.CoreName(layer.Name), core, layer.Factors.Rank, layer.Factors.CoreColumns);
        }

        var bytes = ParameterPacket.ToBytes(device.Version, $"user {user}", writer, new() { Factors = device.Factors!.Hash });
        return ParameterPacket.TryParse(bytes, out var packet, out var fault) ? packet : throw new InvalidOperationException(fault);
    }

    private static float[] Scores(DeviceModel device, ParameterPacket? packet, int[] history)
    {
        var session = new DeviceSession(device, new() { ExcludeConsumed = false });
        if (packet is not null) Assert.True(session.TryApply(packet, out var fault), fault);
        foreach (var item in history) session.Observe(item);
        return ModelPair.SessionScores(session);
    }

    /// <summary>A layer's factors, a core for each user, and the change that they make in Torch.</summary>
    private sealed class Drawn
    {
        public Drawn(string name, SlotLinear layer)
        {
            Name = name;
            var (O, I, hasBias) = (layer.Weight.shape[0], layer.Weight.shape[1], layer.Bias is not null);
            var R = (int)Math.Min(MostRank, Math.Min(O, I));
            var (up, down) = (TensorArithmetic.Normal(0.3, O, R), TensorArithmetic.Normal(0.3, R, I));
            Core = TensorArithmetic.Normal(0.5, Users, R, hasBias ? R + 1 : R);
            Factors = LayerFactors.Of(name, R, up.data<float>().ToArray(), down.data<float>().ToArray(), hasBias);
            var inner = Core.narrow(2, 0, R);                                                  // [users, R, R]
            Delta = new()
            {
                Weight = up.matmul(inner).matmul(down),                                         // [users, O, I]
                Bias = hasBias ? up.matmul(Core.narrow(2, R, 1)).squeeze(2) : null,             // [users, O]
            };
        }

        public string Name { get; }

        public LayerFactors Factors { get; }

        public Tensor Core { get; }

        public WeightDelta Delta { get; }
    }
}
