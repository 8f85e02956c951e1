using System.Text.Json.Nodes;

namespace Tandem.Learning.Runs;

/// <summary>Settings of a model that go together, such as those of a reported row; they take the place of its defaults.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">In a few words: for which data, in which time.</param>
/// <param name="Settings">Those that differ from the defaults.</param>
public sealed record Preset(string Name, string Description, JsonObject Settings);
