using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// What a teacher says at every place of training sequences, asked once before the training and kept in memory, and the loss by which a
/// student learns it. The teacher itself is not needed any more, and nothing reaches it.
/// </summary>
public abstract class TeacherKnowledge
{
    private protected TeacherKnowledge(DistillationOptions options, TrainingPlaces places)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (Options, Places) = (options, places);
    }

    /// <summary>How it is learned.</summary>
    public DistillationOptions Options { get; }

    /// <summary>Names what is known: a training that learned other things is another one.</summary>
    public abstract string Hash { get; }

    /// <summary>Where it is known.</summary>
    internal TrainingPlaces Places { get; }

    /// <summary>The mean over a step's targets, in nats, with a gradient in the student; without λ.</summary>
    internal abstract Tensor Loss(CandidateStep step);
}
