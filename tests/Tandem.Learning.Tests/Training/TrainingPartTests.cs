using Tandem.Data.Batches;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training;

public class TrainingPartTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 3, Seed = 1, ValidateEvery = 1, Patience = 9 };

    [Fact]
    public void A_part_sees_every_step_once_and_its_state_survives_a_cut()
    {
        using var folder = new TemporaryFolder();
        var checkpoint = folder["run.safetensors"];
        var part = new StepCount();
        using (var task = new ScriptedTask(0.1) { BatchesPerEpoch = 4 })
        {
            new TrainingLoop<SequenceBatch>(task, _options, "settings", checkpoint, parts: [part]).Run(
                1, TestContext.Current.CancellationToken);
        }

        Assert.Equal([1L, 2, 3, 4], part.Seen);

        var resumed = new StepCount();
        using (var task = new ScriptedTask(0.2, 0.3) { BatchesPerEpoch = 4 })
        {
            new TrainingLoop<SequenceBatch>(task, _options, "settings", checkpoint, parts: [resumed]).Run(
                cancel: TestContext.Current.CancellationToken);
        }

        Assert.Equal([5L, 6, 7, 8, 9, 10, 11, 12], resumed.Seen);
        Assert.Equal(12, resumed.Count);
    }

    [Fact]
    public void A_checkpoint_without_the_parts_state_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var task = new ScriptedTask(0.1);
        new TrainingLoop<SequenceBatch>(task, _options, "settings", folder["run"]).Run(1, TestContext.Current.CancellationToken);
        var e = Assert.Throws<SafetensorsException>(
            () => new TrainingLoop<SequenceBatch>(task, _options, "settings", folder["run"], parts: [new StepCount()]));
        Assert.Contains("count.steps", e.Message);
    }

    [Fact]
    public void Weights_of_a_part_are_judged_and_kept_and_training_goes_on_with_the_networks_own()
    {
        using var task = new ScriptedTask(0.1, 0.3, 0.2);
        var result = new TrainingLoop<SequenceBatch>(task, _options, "settings", parts: [new Judge()]).Run(
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal([100f, 200f, 300f], task.Weights);
        Assert.Equal((2, 200f), (result.BestEpoch, task.Weight));
    }

    [Fact]
    public void A_part_may_change_weights()
    {
        using var task = new ScriptedTask(null, null, null);
        new TrainingLoop<SequenceBatch>(task, _options, "settings", parts: [new Overwrite(task)]).Run(
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal(7, task.Weight);
    }

    /// <summary>Counts what it is called for.</summary>
    private sealed class StepCount : ITrainingPart
    {
        public int Count { get; private set; }

        public List<long> Seen { get; } = [];

        public void AfterStep(long number)
        {
            Count++;
            Seen.Add(number);
        }

        public void Save(SafetensorsWriter writer) => writer.Add<int>("count.steps", [Count], 1);

        public void Load(SafetensorsReader file) => Count = file.Load("count.steps", 1).As<int>()[0];
    }

    /// <summary>Wants a weight of 100 times the step to be judged.</summary>
    private sealed class Judge : ITrainingPart
    {
        private readonly float[] _weight = [0];

        public IReadOnlyDictionary<string, float[]> Judged => new Dictionary<string, float[]> { ["weight"] = _weight };

        public void AfterStep(long number) => _weight[0] = 100 * number;

        public void Save(SafetensorsWriter writer) => writer.Add<float>("judge.weight", _weight, 1);

        public void Load(SafetensorsReader file) => file.Load("judge.weight", 1).As<float>().CopyTo(_weight);
    }

    private sealed class Overwrite(ScriptedTask task) : ITrainingPart
    {
        public void AfterStep(long number) => Values.Fill(task.Replicas[0].Network, 7);

        public void Save(SafetensorsWriter writer)
        {
        }

        public void Load(SafetensorsReader file)
        {
        }
    }
}
