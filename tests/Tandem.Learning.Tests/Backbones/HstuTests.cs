using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class HstuTests : BackboneContract
{
    private const double Epsilon = 1e-6;
    private static readonly HstuOptions _options =
        new() { Width = 5, Blocks = 2, Heads = 2, AttentionWidth = 3, LinearWidth = 4, Window = Window, Dropout = 0, TimeBuckets = 40 };

    // Differences from none to years: the last falls beyond the last bucket.
    private static readonly long[] _times = [1_000_000_000, 1_000_000_000, 1_000_000_007, 1_000_000_300, 1_000_090_000, 1_500_000_000];

    protected override IReadOnlyList<string> ParameterNames { get; } =
    [
        "blocks.0.output.bias",
        "blocks.0.output.weight",
        "blocks.0.position_bias",
        "blocks.0.time_bias",
        "blocks.0.uvqk.weight",
        "norm.bias",
        "norm.weight",
        "position",
    ];

    [Fact]
    public void States_equal_the_formula_by_hand_with_times_and_without()
    {
        using var backbone = Scattered();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, _times.Length, _options.Width);
        var layers = new PlainLayers(backbone);
        PlainLayers.AssertClose(States(layers, PlainLayers.Rows(x), times: null), backbone.forward(x));
        PlainLayers.AssertClose(States(layers, PlainLayers.Rows(x), _times), backbone.Mix(x, tensor(_times).unsqueeze(0)));
    }

    [Fact]
    public void When_events_happened_matters_only_by_how_far_apart_they_are()
    {
        using var backbone = Scattered();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, _times.Length, _options.Width);
        float[] Last(long[] times) => Values.Of(backbone.Mix(x, tensor(times).unsqueeze(0))[0, -1]);
        Assert.Equal(Last(_times), Last([.. _times.Select(t => t + 86_400)]));
        Assert.NotEqual(Last(_times), Last([.. _times[..^1], _times[^2] + 5]));
    }

    [Fact]
    public void Differences_beyond_the_last_bucket_are_one_bucket()
    {
        using var backbone = Scattered();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var x = randn(1, 2, _options.Width);
        float[] Last(long apart) => Values.Of(backbone.Mix(x, tensor([5L, 5L + apart]).unsqueeze(0))[0, -1]);
        Assert.Equal(Last(200_000), Last(2_000_000_000)); // ln(200,000) / 0.301 = 40.6
        Assert.NotEqual(Last(100_000), Last(200_000));    // ln(100,000) / 0.301 = 38.2
    }

    [Fact]
    public void Options_name_every_fault()
    {
        Assert.Empty(new HstuOptions().Validate());
        Assert.Equal(
            [
                "width 0; at least 1 is needed",
                "window 0; at least 1 item is needed",
                "0 blocks; at least 1 is needed",
                "0 heads; at least 1 is needed",
                "attention width 0; at least 1 is needed",
                "linear width 0; at least 1 is needed",
                "dropout -1 is not in [0, 1)",
                "0 time buckets; at least 1 is needed",
            ],
            new HstuOptions
            {
                Width = 0,
                Blocks = 0,
                Heads = 0,
                AttentionWidth = 0,
                LinearWidth = 0,
                Window = 0,
                Dropout = -1,
                TimeBuckets = 0,
            }.Validate());
    }

    protected override Backbone Create(int width, int window, double dropout, Noise noise) =>
        new Hstu(
            new() { Width = width, Blocks = 1, Heads = 2, AttentionWidth = 6, LinearWidth = 5, Window = window, Dropout = dropout }, noise);

    private static Hstu Scattered()
    {
        var backbone = new Hstu(_options, new Noise(1));
        Values.Scatter(backbone, 0.6);
        backbone.eval();
        return backbone;
    }

    private static double[][] States(PlainLayers layers, double[][] x, long[]? times)
    {
        var (D, scale) = (_options.Width, Math.Sqrt(_options.Width));
        var h = x.Select((row, t) => row.Select((v, d) => v * scale + layers["position"][t * D + d]).ToArray()).ToArray();
        for (var block = 0; block < _options.Blocks; block++) h = Block(layers, $"blocks.{block}", h, times);
        return [.. h.Select(row => layers.Norm("norm", row, 1e-5))];
    }

    private static double[][] Block(PlainLayers layers, string name, double[][] h, long[]? times)
    {
        var (H, F, L) = (_options.Heads, _options.AttentionWidth, _options.LinearWidth);
        var uvqk = h.Select(row =>
            layers.Linear($"{name}.uvqk", PlainLayers.Norm(row, Epsilon)).Select(PlainLayers.Silu).ToArray()).ToArray();
        return [.. h.Select((row, i) =>
        {
            var read = new double[H * L];
            for (var head = 0; head < H; head++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var (q, k) = (2 * H * L + head * F, 2 * H * L + H * F + head * F);
                    var logit = PlainLayers.Dot(uvqk[i][q..(q + F)], uvqk[j][k..(k + F)]) + Bias(layers, name, i, j, times);
                    for (var l = 0; l < L; l++)
                        read[head * L + l] += PlainLayers.Silu(logit) / Window * uvqk[j][H * L + head * L + l];
                }
            }

            var gated = PlainLayers.Multiply(PlainLayers.Norm(read, Epsilon), uvqk[i][..(H * L)]);
            return PlainLayers.Add(row, layers.Linear($"{name}.output", gated));
        })];
    }

    private static double Bias(PlainLayers layers, string name, int i, int j, long[]? times)
    {
        double position = layers[$"{name}.position_bias"][i - j];
        if (times is null) return position;
        var bucket = (int)Math.Floor(Math.Log(Math.Max(1, times[i] - times[j])) / 0.301);
        return position + layers[$"{name}.time_bias"][Math.Min(bucket, _options.TimeBuckets - 1)];
    }
}
