using Tandem.Data.Batches;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

public class WeightAnchorTests
{
    [Fact]
    public void Sixteen_steps_bring_a_weight_as_far_back_as_sixteen_pulls_would()
    {
        using var task = new ScriptedTask(0.1);
        var network = task.Replicas[0].Network;
        var anchor = new WeightAnchor(network, new Dictionary<string, float[]> { ["weight"] = [2] }, anchor: 0.05);
        Values.Fill(network, 10);
        for (var step = 1; step < 16; step++) anchor.AfterStep(step);
        Assert.Equal(10, task.Weight);
        anchor.AfterStep(16);
        Assert.Equal(2 + 8 * Math.Pow(0.95, 16), task.Weight, tolerance: 1e-5);
    }

    [Fact]
    public void An_anchored_loop_ends_nearer_to_its_start_than_a_free_one()
    {
        Assert.Equal(1, After(anchor: 0), tolerance: 1e-6);
        Assert.InRange(After(anchor: 0.1), 1.001, 2);

        static double After(double anchor)
        {
            using var task = new ScriptedTask([.. Enumerable.Repeat<double?>(null, 4)]) { BatchesPerEpoch = 16 };
            var near = new WeightAnchor(task.Replicas[0].Network, new Dictionary<string, float[]> { ["weight"] = [2] }, anchor);
            new TrainingLoop<SequenceBatch>(
                task, new() { Epochs = 4, Seed = 1 }, "settings", parts: [new Fill(task), near]).Run(
                    cancel: TestContext.Current.CancellationToken);
            return task.Weight;
        }
    }

    /// <summary>A step that always ends at 1.</summary>
    private sealed class Fill(ScriptedTask task) : ITrainingPart
    {
        public void AfterStep(long number) => Values.Fill(task.Replicas[0].Network, 1);

        public void Save(Protocol.Safetensors.SafetensorsWriter writer)
        {
        }

        public void Load(Protocol.Safetensors.SafetensorsReader file)
        {
        }
    }
}
