using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Transfer;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>The model that a recipe trains beside its own (<see cref="BesideOptions"/>), and what is read of it.</summary>
internal sealed class ModelBeside : IDisposable
{
    private const string Name = "beside";

    private readonly TrainingBeside<SequenceBatch> _training;

    /// <param name="recipe">Names the other backbone.</param>
    /// <param name="targets">The target's replicas.</param>
    /// <param name="items">V.</param>
    /// <param name="sequences">What both learn.</param>
    public ModelBeside(SequenceRecipe recipe, IReadOnlyList<nn.Module> targets, int items, TrainingSequences sequences)
    {
        var own = RecipeOf(recipe);
        var replicas = Replica.Create(own.Training.Replicas, noise => own.Build(items, noise));
        var networks = replicas.Select(r => r.Network).ToArray();
        Source = TransferSource.Beside(networks[0]);
        var task = new NextItemTask(replicas, own.Loss, own.Training.Seed, sequences, validation: null);
        _training = new(task, own.Training, Name, recipe.Beside!.Back
            ? [new TransferLearning(networks, TransferSource.Beside(targets[0]), recipe.Transfer!, own.Training.Seed, $"{Name}.transfer")]
            : []);
    }

    /// <summary>The other model's weights as they are at the moment.</summary>
    public TransferSource Source { get; }

    /// <summary>Its training, a part of the target's.</summary>
    public ITrainingPart Training => _training;

    /// <summary>The other model's settings: those of the target but for the backbone, and a seed of its own.</summary>
    /// <param name="recipe">Of the target.</param>
    public static SequenceRecipe RecipeOf(SequenceRecipe recipe) => new()
    {
        Backbone = recipe.Beside!.Backbone!,
        Normalized = recipe.Normalized,
        Loss = recipe.Loss,
        Training = recipe.Training with { Seed = NamedSeed.Create(recipe.Training.Seed, Name).Next() },
    };

    public void Dispose() => _training.Dispose();
}
