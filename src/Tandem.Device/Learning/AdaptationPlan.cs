using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>The sizes of learning from a number of events, and all that it will allocate, before it does.</summary>
internal sealed class AdaptationPlan
{
    private const int FewestLearned = 2; // the first event has nothing before it

    /// <param name="runner">Of the model.</param>
    /// <param name="options">Checked.</param>
    /// <param name="events">N, at most the window and one more.</param>
    public AdaptationPlan(Runner runner, AdaptationOptions options, int events)
    {
        (Options, Runner, Events) = (options, runner, events);
        Fault = events - options.HoldOut < FewestLearned
            ? $"{events} events; {options.HoldOut} to judge by and {FewestLearned} to learn from are needed"
            : null;
        var (learned, held) = (Math.Max(0, events - options.HoldOut - 1), Math.Min(options.HoldOut, events));
        (LearnedRows, HeldRows) = (learned * (1L + options.Negatives), held * (1L + options.JudgeNegatives));
        var candidates = 1 + Math.Max(options.Negatives, options.JudgeNegatives);
        var most = (int)Math.Min(Math.Max(LearnedRows, HeldRows), int.MaxValue);
        Loss = LossGradient.Of(runner, options.Part, new(Math.Max(events, 2), candidates, most), options.Temperature);
        Optimizer = Optimizer.Of(options.Optimizer, runner.Part(options.Part));
        var rows = events + LearnedRows + HeldRows;
        Bytes = Loss.SizeBytes + Optimizer.SizeBytes + 2L * runner.Layout.Length * sizeof(float) // a gradient and new weights
            + rows * runner.Shape.Width * sizeof(float) + events * (sizeof(int) + sizeof(long) + sizeof(float));
        if (Bytes > options.MostBytes) Fault ??= $"{Bytes} bytes are needed, more than the {options.MostBytes} allowed";
    }

    public AdaptationOptions Options { get; }

    public Runner Runner { get; }

    /// <summary>N.</summary>
    public int Events { get; }

    /// <summary>Rows of candidates of the events that are learned from.</summary>
    public long LearnedRows { get; }

    /// <summary>Rows of candidates of the events that judge.</summary>
    public long HeldRows { get; }

    /// <summary>Not yet allocated.</summary>
    public LossGradient Loss { get; }

    /// <summary>Not yet allocated.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Of everything.</summary>
    public long Bytes { get; }

    /// <summary>Why learning cannot begin; null where it can.</summary>
    public string? Fault { get; }
}
