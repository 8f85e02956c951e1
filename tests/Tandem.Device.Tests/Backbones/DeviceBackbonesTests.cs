using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using Tandem.Device.Backbones;
using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Backbones;

/// <summary>Backbones from outside of the library; what they compute is held to Torch by the parity tests.</summary>
public sealed partial class DeviceBackbonesTests
{
    private static readonly DeviceBackbone _sum = DeviceBackbone.Of("test-sum", SumJson.Default.SumShape, shape => new SumRunner(shape));
    private static readonly SumShape _shape = new() { Items = 40, Width = 8, Window = 12, Normalized = true };

    public DeviceBackbonesTests() => DeviceBackbones.Register(_sum);

    [Fact]
    public void A_bundle_of_an_outside_backbone_ranks_stepwise_as_at_once()
    {
        Assert.Contains("test-sum", DeviceBackbones.Kinds);
        var model = RandomBundle.Load(_shape);
        var (stepwise, whole) = (new DeviceSession(model, new()), new DeviceSession(model, new()));
        foreach (var item in new[] { 3, 9, 27, 4 })
        {
            stepwise.Observe(item, time: 0);
            whole.Observe(item, time: 0);
            stepwise.Recommend(1, RankingMode.Device);
        }

        Assert.Equal(whole.Recommend(40, RankingMode.Device), stepwise.Recommend(40, RankingMode.Device));
        Assert.True(whole.Recommend(40, RankingMode.Device)[0].Score > 0);
    }

    [Fact]
    public void It_learns_its_adapter_without_a_gradient_of_its_own()
    {
        var session = Session(RandomBundle.Load(_shape));
        var result = session.Learn(new AdaptationOptions { Rate = 0.05f, Steps = 40, MostMillis = 10_000 });
        Assert.True(result.Accepted, result.Reason);
        Assert.True(result.LossAfter < result.LossBefore);
        Assert.True(session.HasLearned);
    }

    [Theory]
    [InlineData(LearnedPart.LastBlock)]
    [InlineData(LearnedPart.All)]
    public void Parts_without_a_backward_pass_are_refused(LearnedPart part)
    {
        var result = Session(RandomBundle.Load(_shape)).Learn(new AdaptationOptions { Part = part });
        Assert.False(result.Accepted);
        Assert.Equal("test-sum can learn its adapter alone on a device: set part to Adapter", result.Reason);
    }

    /// <summary>The adapter's own loss and gradient, against those of a backbone that is written for whole sequences.</summary>
    [Fact]
    public void Outputs_made_event_by_event_are_those_of_a_backbone_s_own_pass()
    {
        var runner = DeviceBackbones.CreateRunner(TttShapes.Small);
        var weights = new AlignedFloats(runner.Layout.Length);
        var random = new Random(3);
        foreach (ref var weight in weights.Span) weight = random.NextSingle() * 0.6f - 0.3f;
        var D = runner.Shape.Width;
        float[] rows = [.. Enumerable.Range(0, 7 * D).Select(_ => random.NextSingle() - 0.5f)];
        var events = new EventSpan(rows, new long[7], [1, 1, 1, 1, 1, 1, 1]);

        var own = runner.CreateGradient(LearnedPart.Adapter, 7, new Workspace());
        var stepwise = new RunnerOutputs(runner, LearnedPart.Adapter, 7, new Workspace());
        own.Begin(weights.Span, events);
        stepwise.Begin(weights.Span, events);
        Assert.True(TensorPrimitives.Distance(own.Outputs, stepwise.Outputs) < 1e-4);
        Assert.True(TensorPrimitives.Norm(own.Outputs) > 1);
    }

    [Fact]
    public void Its_weights_are_hostile_as_any_other()
    {
        var weights = new SafetensorsWriter();
        weights.Add("items.weight", [.. Enumerable.Repeat(1e6f, 41 * 8)], 41, 8);
        weights.Add("backbone.scale", [.. Enumerable.Repeat(1e6f, 8)], 8);
        var shape = _shape with { Normalized = false };
        var manifest = new BundleManifest { Name = "sum", Version = "1", CatalogVersion = "c", Backbone = shape };
        using var folder = new Tandem.Tests.TemporaryFolder();
        Bundle.Write(folder["bundle"], manifest, weights);
        Assert.False(DeviceModel.TryLoad(Bundle.Open(folder["bundle"]), out _, out var fault));
        Assert.Contains("not finite", fault, StringComparison.Ordinal);

        Bundle.Write(folder["bundle"], manifest, new SafetensorsWriter());
        Assert.False(DeviceModel.TryLoad(Bundle.Open(folder["bundle"]), out _, out fault));
        Assert.Contains("backbone.scale", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_belongs_to_one_backbone()
    {
        DeviceBackbones.Register(_sum); // the same again is no fault
        Refused("test-sum");
        Refused(SasRecShape.KindName);

        static void Refused(string kind)
        {
            var other = DeviceBackbone.Of(kind, SumJson.Default.SumShape, shape => new SumRunner(shape));
            var fault = Assert.Throws<ArgumentException>(() => DeviceBackbones.Register(other));
            Assert.Contains($"another backbone is called '{kind}'", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_shape_without_a_runner_is_refused()
    {
        var shape = new BareShape { Items = 4, Width = 2, Window = 3 };
        var fault = Assert.Throws<SafetensorsException>(() => DeviceBackbones.CreateRunner(shape));
        Assert.Contains("'test-bare' has no runtime", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_is_added_once() =>
        Assert.Throws<ArgumentException>(() => new SumRunner(_shape).Layout.Add("backbone.scale", 8));

    private static DeviceSession Session(DeviceModel model)
    {
        var session = new DeviceSession(model, new() { ExcludeConsumed = false });
        for (var i = 0; i < 12; i++) session.Observe(i % 2 == 0 ? 3 : 27, time: 0);
        return session;
    }

    public sealed record SumShape() : BackboneShape("test-sum")
    {
        protected override long StateElements => Width;

        protected override void CheckRanges(List<string> faults)
        {
        }
    }

    public sealed record BareShape() : BackboneShape("test-bare")
    {
        protected override long StateElements => Width;

        protected override void CheckRanges(List<string> faults)
        {
        }
    }

    [JsonSerializable(typeof(SumShape))]
    internal sealed partial class SumJson : JsonSerializerContext;

    /// <summary>The sum of the rows, each element twice times a weight.</summary>
    private sealed class SumRunner : Runner
    {
        private readonly Slice _scale;

        public SumRunner(SumShape shape) : base(shape) => _scale = Layout.Add("backbone.scale", shape.Width);

        public override UserState CreateState() => new(carried: Shape.Width, scratch: 0, Shape.Width, times: 0);

        protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
        {
            if (state.Events == 0) state.Carried.Clear();
            var D = Shape.Width;
            for (var t = 0; t < events.Count; t++) TensorPrimitives.Add(state.Carried, events.Rows.Slice(t * D, D), state.Carried);
            TensorPrimitives.Multiply(state.Carried, _scale.Of(weights), state.Output);
            TensorPrimitives.Multiply(state.Output, _scale.Of(weights), state.Output); // so that weights within their bounds can overflow
        }
    }
}
