using System.Text.Json.Serialization;
using Tandem.Encoders;
using Tandem.Learning.Classification;
using Tandem.Learning.Transfer;

namespace Tandem.Cli.Verbs;

/// <summary>What <see cref="ClassifyVerb"/> was asked for.</summary>
internal sealed record ClassifyPlan
{
    /// <summary>A data set's folder; null where images are read.</summary>
    public required string? Data { get; init; }

    /// <summary><c>generated</c> or a folder; null where titles are read.</summary>
    public required string? Images { get; init; }

    /// <summary>A pretrained network's name, a folder or a file.</summary>
    public required string From { get; init; }

    public required ClassifierKind Model { get; init; }

    public required IReadOnlyList<double> Shares { get; init; }

    public required int Seeds { get; init; }

    public required IReadOnlyList<double> Rates { get; init; }

    public required ClassifierOptions Options { get; init; }

    public required TransferOptions Transfer { get; init; }

    public required SoftLabelOptions Distillation { get; init; }

    /// <summary>Of generated images.</summary>
    public required int Count { get; init; }

    /// <summary>Of layers; null for those that fit.</summary>
    public required IReadOnlyList<ParameterPair>? Pairs { get; init; }

    public required IReadOnlyList<ClassificationArm> Arms { get; init; }

    /// <summary>The encoder that is the source; null where that is none.</summary>
    [JsonIgnore]
    public SentenceModel? Encoder => EncoderOf(From);

    public static SentenceModel? EncoderOf(string from) =>
        new[] { SentenceModel.MiniLm, SentenceModel.ArcticXs }.FirstOrDefault(model => model.Name == from);
}
