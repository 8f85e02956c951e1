using Tandem.Learning.Training;

namespace Tandem.Learning.Classification;

/// <summary>How a classifier is trained: by a number of steps, whatever the number of labelled examples.</summary>
public sealed record ClassifierOptions
{
    /// <summary>Labelled examples of a step. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Most steps; the cosine of the learning rate spans them. Default 600.</summary>
    public int Steps { get; init; } = 600;

    /// <summary>Steps between two looks at the validation examples, a divisor of the steps. Default 50.</summary>
    public int ValidateEvery { get; init; } = 50;

    /// <summary>Looks without a new best after which training stops. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>α of AdamW at the start, above 0. Default 3e-3.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Share of α that is left at the end. Default 0.01.</summary>
    public double FinalRate { get; init; } = 0.01;

    /// <summary>λ of its decay. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (BatchSize < 1) yield return $"{BatchSize} examples in a step; 1 or more are expected";
        if (ValidateEvery < 1 || Steps < 1 || Steps % ValidateEvery != 0)
            yield return $"{Steps} steps, validated every {ValidateEvery}; expected a multiple of 1 or more";
        if (Patience < 1) yield return $"patience {Patience}; at least 1 is needed";
        foreach (var fault in Optimizer.Validate()) yield return fault;
    }

    /// <summary>As the loop takes them, whose epochs are what lies between two validations.</summary>
    internal TrainingOptions Training(int seed) => new()
    {
        Epochs = Steps / ValidateEvery,
        Seed = seed,
        Replicas = 1, // a batch norm counts the whole batch
        ValidateEvery = 1,
        Patience = Patience,
        Optimizer = Optimizer,
    };

    private AdamWOptions Optimizer => new() { LearningRate = LearningRate, FinalRate = FinalRate, WeightDecay = WeightDecay };
}
