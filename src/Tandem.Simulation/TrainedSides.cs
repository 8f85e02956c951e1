using Tandem.Learning.Backbones;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;

namespace Tandem.Simulation;

/// <summary>What a simulation takes from finished runs in place of training it.</summary>
/// <param name="Device">The device's model; null to train one.</param>
/// <param name="CloudRun">
/// Folder of a finished simulation, whose cloud model is taken; null to train one. It must have been trained with the simulation's settings
/// on its data and semantic ids. Of a <paramref name="Cloud"/> it is the name for the report.
/// </param>
/// <param name="Cloud">Makes the cloud's lists in place of a language model; null for that one.</param>
/// <param name="Lists">Keeps that cloud's lists between simulations; null to keep none.</param>
public sealed record TrainedSides(TrainedDevice? Device, string? CloudRun, ICandidateGenerator? Cloud = null, ListFiles? Lists = null);

/// <summary>A device model trained on s[:-2] of the simulation's data.</summary>
/// <param name="Run">Where it comes from, for the report.</param>
/// <param name="Model">The network.</param>
/// <param name="Successors">Counts that join it; null for none.</param>
/// <param name="Contents">What items are like, where it joins it; empty for none.</param>
/// <param name="Factors">What users share of the weights that it makes for each of them; null for none.</param>
public sealed record TrainedDevice(
    string Run, SequenceModel Model, CountedSuccessors? Successors, IReadOnlyList<JoinedContent> Contents,
    ParameterFactors? Factors = null);
