namespace Tandem.Data.Evaluation;

/// <summary>What was evaluated and how; two runs compare only where data, protocol and masking are equal.</summary>
public sealed record EvaluationSummary
{
    /// <summary>Name of the protocol, see docs/protocols.md.</summary>
    public required string Protocol { get; init; }

    /// <summary><see cref="SequenceDataset.Hash"/>.</summary>
    public required string DataHash { get; init; }

    /// <summary>The seed that the model was trained with.</summary>
    public required int Seed { get; init; }

    /// <summary>The model's name, such as <c>sasrec</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the items of the history were left out of the ranking.</summary>
    public required bool MaskSeen { get; init; }

    /// <summary>Metrics by name, such as <c>ndcg@10</c>, as means over the evaluated events.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
}
