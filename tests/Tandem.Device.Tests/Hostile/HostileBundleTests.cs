using System.Text.Json.Nodes;
using CsCheck;
using Tandem.Cli.Drill;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Hostile;

/// <summary>Bundles that lie under right checksums are refused or serve; nothing is thrown, and little is allocated.</summary>
public class HostileBundleTests
{
    private static readonly JsonNode?[] _members =
    [
        null, 0, 1, 2, -1, 3, 7, 50, 4_096, 8_192, 65_536, 100_000_000, int.MaxValue, 1e300, long.MaxValue, true, false, "", "x", "mlp",
        new JsonArray(),
    ];

    public static TheoryData<string> Backbones => Victim.Backbones;

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Whatever_the_weights_say(string backbone)
    {
        foreach (var storage in Enum.GetValues<TinyStorage>())
        {
            var victim = new Victim(backbone, storage);
            Lies.Any.Sample(
                done =>
                {
                    var weights = Tampering.Apply(victim.Weights, done);
                    if (Victim.Open(Victim.ManifestOf(weights, victim.Shape), weights) is not { } model) return;
                    var session = new DeviceSession(model, new() { HistoryLimit = 30 });
                    session.Recommend(5);
                    for (var item = 1; item <= 40; item++) session.Observe(item, time: item);
                    session.Recommend(5, RankingMode.Fused, item => item > 3);
                    var other = new DeviceSession(model, new() { HistoryLimit = 30, ExcludeConsumed = false });
                    Victim.AssertServes(other);
                },
                iter: 300,
                threads: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Whatever_the_manifest_says(string backbone)
    {
        var victim = new Victim(backbone, TinyStorage.Full);
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, _members.Length - 1]).Sample(
            (place, value) =>
            {
                if (Victim.Open(victim.Edited(place, _members[value]), victim.Weights) is not { } model) return;
                Victim.AssertServes(new(model, new() { HistoryLimit = 30, ExcludeConsumed = false }));
            },
            iter: 1_500,
            threads: 1);
    }

    [Fact]
    public void A_shape_beyond_its_tensors_is_refused_before_anything_is_allocated()
    {
        // A few hundred bytes that promise gigabytes.
        BackboneShape[] promises =
        [
            new SasRecShape { Items = 1, Width = 8_192, Blocks = 256, Heads = 1, Inner = 8_192, Window = 100 },
            new SasRecShape { Items = 60_000, Width = 8_192, Blocks = 4, Heads = 1, Inner = 8_192, Window = 4_000 },
            new Gru4RecShape { Items = 1, Width = 8_192, Layers = 256, Hidden = 8_192, Window = 10 },
            new HstuShape
            {
                Items = 1, Width = 8_192, Blocks = 256, Heads = 4, AttentionWidth = 2_048, LinearWidth = 2_048, TimeBuckets = 9,
                UsesTimes = true, Window = 9,
            },
            new DinShape { Items = 1, Width = 8_192, AttentionHidden = 8_192, Hidden = 8_192, LastHidden = 8_192, Window = 1_000 },
            new TttShape
            {
                Items = 1, Width = 8_192, Blocks = 256, Heads = 4_096, Inner = TttInnerForm.Mlp, MiniBatch = 16, FeedForwardWidth = 8_192,
                BaseRate = 1, RopeBase = 1_000, Window = 10,
            },
        ];
        var weights = new SafetensorsWriter();
        weights.Add("nothing", [1f], 1);
        var bytes = weights.ToArray();
        foreach (var shape in promises)
        {
            Assert.Empty(shape.Validate());
            Assert.Null(Victim.Open(Victim.ManifestOf(bytes, shape), bytes));
        }
    }

    [Theory]
    [InlineData("items.weight", 3e38f)]
    [InlineData("items.weight", 1e18f)]
    [InlineData("backbone.norm.weight", 3e38f)]
    [InlineData("backbone.blocks.1.contract.bias", -3e38f)]
    public void Weights_that_overflow_are_refused_while_the_old_model_can_serve(string tensor, float value)
    {
        var bundle = new TinyBundle();
        bundle.Fill(tensor, value);
        Assert.False(DeviceModel.TryLoad(bundle.Open(), out _, out var fault));
        Assert.Contains("export the model again", fault, StringComparison.Ordinal);
    }
}
