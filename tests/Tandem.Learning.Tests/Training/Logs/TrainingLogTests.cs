using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Logs;
using Tandem.Tests;
using Tensorboard;

namespace Tandem.Learning.Tests.Training.Logs;

public sealed class TrainingLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Table => _folder["training.csv"];

    private string Events => _folder["tensorboard/training"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_epoch_is_a_line()
    {
        Write(1, 2);
        Assert.Equal(
            ["epoch,steps,loss,seconds,validation,tokensPerSecond", "1,4,0.25,1.5,,1000", "2,4,0.125,1.5,0.2,1000"],
            File.ReadAllLines(Table));
    }

    [Fact]
    public void A_continued_run_goes_on_after_the_last_epoch()
    {
        Write(1, 2);
        Write(3, 4);
        Assert.Equal(["1", "2", "3", "4"], Epochs());
    }

    [Fact]
    public void An_epoch_whose_checkpoint_was_lost_is_written_once()
    {
        Write(1, 2);
        Write(2, 3);
        Assert.Equal(["1", "2", "3"], Epochs());
    }

    [Fact]
    public void A_line_cut_off_in_writing_is_written_anew()
    {
        Write(1, 2);
        File.WriteAllText(Table, File.ReadAllText(Table)[..^4]);
        Write(2, 2);
        Assert.Equal(["1", "2"], Epochs());
        Assert.Equal("2,4,0.125,1.5,0.2,1000", File.ReadAllLines(Table)[^1]);
    }

    [Fact]
    public void A_run_that_takes_no_step_leaves_the_files_alone()
    {
        Write(1, 2);
        using (new TrainingLog(_folder.Root)) { }
        Assert.Equal(["1", "2"], Epochs());
        Assert.Single(Directory.GetFiles(Events));
    }

    [Fact]
    public void Another_files_text_is_refused_with_its_line()
    {
        File.WriteAllText(Table, "epoch,steps,loss,seconds,validation,tokensPerSecond\n1,4,none,1.5,,1000\n");
        var e = Assert.Throws<TrainingException>(() => Write(2, 2));
        Assert.Contains("training.csv, line 2: '1,4,none,1.5,,1000'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_of_the_tests_is_CRC_32C() => Assert.Equal(0xe3069283u, EventRecords.Crc32C("123456789"u8));

    [Fact]
    public void Event_files_hold_steps_epochs_and_the_rate()
    {
        Write(1, 2);
        var events = EventRecords.Read(Events);
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal([(2L, 0.5f), (4L, 0.25f), (6L, 0.25f), (8L, 0.125f)], events.Scalars("step/mean_loss"));
        Assert.Equal([(2L, 0.02f), (4L, 0.04f), (6L, 0.06f), (8L, 0.08f)], events.Scalars("step/learning_rate"));
        Assert.Equal([(1L, 0.25f), (2L, 0.125f)], events.Scalars("epoch/loss"));
        Assert.Equal([(2L, 0.2f)], events.Scalars("epoch/validation"));
        Assert.Equal([(1L, 1000f), (2L, 1000f)], events.Scalars("epoch/tokens_per_second"));
    }

    [Fact]
    public void Event_times_are_exact_to_the_millisecond()
    {
        Write(1, 1);
        Assert.All(EventRecords.Read(Events), e => Assert.Equal(1_800_000_000.123, e.WallTime));
    }

    [Fact]
    public void A_continued_run_voids_the_steps_that_it_repeats_and_counts_on()
    {
        Write(1, 1);
        Write(2, 2);
        var events = EventRecords.Read(Events);
        Assert.Equal(2, Directory.GetFiles(Events).Length);
        var starts = events.Where(e => e.SessionLog?.Status == SessionLog.Types.SessionStatus.Start).Select(e => e.Step);
        Assert.Equal([1L, 5L], starts);
        Assert.Equal([2L, 4L, 6L, 8L], events.Scalars("step/mean_loss").Select(s => s.Step));
    }

    [Fact]
    public void The_next_listener_hears_of_an_epoch_when_it_is_on_disk()
    {
        var lines = new List<int>();
        var next = new OnProgress(p => { if (p.Finished is not null) lines.Add(File.ReadAllLines(Table).Length); });
        using (var log = new TrainingLog(_folder.Root, next: next)) Report(log, 1, 3);
        Assert.Equal([2, 3, 4], lines);
    }

    [Fact]
    public void A_training_that_is_cut_off_and_continued_leaves_the_table_of_one_that_is_not()
    {
        Train(_folder["whole"], stopInEpoch: 0);
        Assert.Throws<OperationCanceledException>(() => Train(_folder["cut"], stopInEpoch: 3));
        Train(_folder["cut"], stopInEpoch: 0);
        Assert.Equal(Losses("whole"), Losses("cut"));
        Assert.Equal(5, Losses("cut").Length);
    }

    /// <summary>Two epochs of four steps make a factor of two in the loss.</summary>
    private static void Report(TrainingLog log, int first, int last)
    {
        for (var epoch = first; epoch <= last; epoch++)
        {
            var loss = Math.Pow(0.5, epoch);
            for (var step = 1; step <= 4; step++)
            {
                log.Report(
                new(epoch, 9, step, 4, step <= 2 ? loss : loss / 2, 1000, null, (4 * (epoch - 1) + step) / 100.0));
            }

            log.Report(new(epoch, 9, 0, 0, loss / 2, 0, new EpochRecord(epoch, loss / 2, 1.5, epoch % 2 == 0 ? 0.2 : null)));
        }
    }

    private void Write(int first, int last)
    {
        using var log = new TrainingLog(_folder.Root) { EverySteps = 2, Time = new Fixed() };
        Report(log, first, last);
    }

    private static void Train(string folder, int stopInEpoch)
    {
        Directory.CreateDirectory(folder);
        var data = ToySequences.Cycle(users: 12, items: 10, minEvents: 3, maxEvents: 6);
        var recipe = new SequenceRecipe
        {
            Backbone = new SasRecOptions { Width = 4, Window = 5 },
            Loss = new() { TokenBudget = 20, Negatives = 4 },
            Training = new() { Epochs = 4, Seed = 1 },
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var log = new TrainingLog(folder, next: new OnProgress(p => { if (p.Epoch == stopInEpoch && p.Step == 1) stop.Cancel(); }));
        recipe.Train(data, data.ButLast(), ToySequences.LastItems(data), Path.Combine(folder, "run.safetensors"), log, cancel: stop.Token);
    }

    private string[] Epochs() => [.. File.ReadAllLines(Table).Skip(1).Select(line => line.Split(',')[0])];

    /// <summary>Epoch, steps, loss and validation; times differ from run to run.</summary>
    private string[] Losses(string run) => [.. File.ReadAllLines(Path.Combine(_folder[run], "training.csv"))
        .Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[1]} {cells[2]} {cells[4]}")];

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);
    }
}
