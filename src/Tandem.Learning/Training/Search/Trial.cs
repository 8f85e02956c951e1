using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Tandem.Learning.Training.Search;

/// <summary>One configuration and how far it came.</summary>
/// <param name="Number">Counted from 0, in the order of drawing.</param>
/// <param name="Overrides">Its values, by path.</param>
/// <param name="Rungs">The rungs it reached, in order.</param>
public sealed record Trial(int Number, JsonObject Overrides, IReadOnlyList<RungResult> Rungs)
{
    /// <summary>At the last rung it reached; −∞ where it failed there or reached none.</summary>
    [JsonIgnore]
    public double Validation => ValidationAt(Rungs.Count - 1);

    /// <summary>At a rung counted from 0; −∞ where it failed there or did not reach it.</summary>
    public double ValidationAt(int rung) =>
        rung >= 0 && rung < Rungs.Count ? Rungs[rung].Validation ?? double.NegativeInfinity : double.NegativeInfinity;
}
