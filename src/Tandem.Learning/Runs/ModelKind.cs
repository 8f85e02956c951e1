using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>A model that can be trained into a run's folder, loaded from it and ranked with.</summary>
public abstract class ModelKind(string name, string description)
{
    /// <summary>As on the command line and in run folders.</summary>
    public string Name { get; } = name;

    /// <summary>In a few words.</summary>
    public string Description { get; } = description;

    /// <summary>True for a backbone between an item table and its scores, whose settings are a <see cref="SequenceRecipe"/>.</summary>
    public virtual bool IsSequenceModel => false;

    /// <summary>True where its training can take knowledge from another model's weights: its settings have <c>transfer</c>.</summary>
    public virtual bool TakesWeights => IsSequenceModel;

    /// <summary>True where a trained one leaves a bundle.</summary>
    public virtual bool HasBundle => false;

    /// <summary>True where a trained one can be written as an ONNX graph.</summary>
    public virtual bool HasGraph => false;

    /// <summary>
    /// True for a model that proposes from the cloud and has no device form: its test is also made without leaving seen items out, as most
    /// that is published of such models.
    /// </summary>
    public virtual bool IsCloudModel => false;

    /// <summary>
    /// True where a softmax over a trained one's scores is what it was trained to be, so that scores are log-probabilities up to a constant
    /// of a history.
    /// </summary>
    public virtual bool HasLogProbabilities => IsSequenceModel;

    /// <summary>False where it cannot be trained once more with the validation events: they choose what would be learned again.</summary>
    public virtual bool CanRefit => true;

    /// <summary>Settings by name that take the place of defaults. Default none.</summary>
    public virtual IReadOnlyList<Preset> Presets => [];

    /// <summary>Every setting with its default.</summary>
    public abstract JsonObject Defaults();

    /// <summary>Refuses settings that cannot be used.</summary>
    /// <exception cref="RecipeException">A name is unknown or a value of the wrong type.</exception>
    /// <exception cref="RunException">Settings do not fit together.</exception>
    public abstract void Require(JsonObject settings);

    /// <summary>
    /// The settings as a run's recipe keeps them: runs that they name can be found from there, whatever the working directory.
    /// </summary>
    /// <param name="settings">By <see cref="Require"/>.</param>
    /// <param name="folder">Of the run.</param>
    /// <param name="typed">True for settings of a command, false for those of a recipe, of an earlier version perhaps.</param>
    internal virtual JsonObject Located(JsonObject settings, string folder, bool typed) => settings;

    /// <summary>Refuses other runs that the settings name and that do not fit the job; nothing is written yet.</summary>
    /// <exception cref="RunException">A run is not finished, or is of other data or another protocol.</exception>
    public virtual void RequireParts(TrainingJob job)
    {
    }

    /// <summary>Trains to the end, or continues, and keeps the model in the run's folder.</summary>
    public abstract TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel);

    /// <exception cref="RunException">The model does not train by epochs, so no search can divide its work.</exception>
    public void RequireEpochs()
    {
        if (!Defaults().ContainsKey("training"))
        {
            throw new RunException(
                $"'{Name}' does not train by epochs, by which tune divides its work; try its few settings with 'tandem train {Name} "
                    + "--set'");
        }
    }

    /// <summary>Trains towards a search's rung and keeps nothing but the checkpoint; for models that train by epochs alone.</summary>
    /// <param name="job">Its run is the search's.</param>
    /// <param name="checkpoint">Path of the trial's checkpoint.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="epochs">After which to pause.</param>
    /// <param name="cancel">Stops between two steps.</param>
    public virtual void TrainTo(
        TrainingJob job, string checkpoint, IProgress<TrainingProgress> progress, int epochs, CancellationToken cancel) =>
        throw new NotSupportedException($"'{Name}' does not train by epochs");

    /// <summary>Reads what <see cref="Train"/> kept.</summary>
    public abstract IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder);
}
