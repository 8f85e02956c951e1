using System.Text.Json.Serialization;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Collaboration;

namespace Tandem.Cloud.Experiments;

/// <summary>
/// A comparison of arms over the devices of an app. A device is in one arm of each experiment, by its name alone and the same on every
/// machine; experiments divide devices independently of each other.
/// </summary>
public sealed record Experiment
{
    /// <summary>Its name, 1 to 64 characters. Another name divides the devices anew.</summary>
    public required string Name { get; init; }

    /// <summary>Two or more. The first is what the others are compared with.</summary>
    public required IReadOnlyList<Arm> Arms { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (EventCheck.Fault(Name, DeviceId.LongestApp) is { } name) yield return $"the name '{Name}' {name}";
        if (Arms.Count is < 2 or > Exposure.MostArms) yield return $"{Name} has {Arms.Count} arms; 2 to {Exposure.MostArms} are expected";
        foreach (var twice in Arms.GroupBy(arm => arm.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"{Name} has the arm '{twice.Key}' {twice.Count()} times; names differ";
        foreach (var fault in Arms.SelectMany(arm => arm.Validate())) yield return $"{Name}: {fault}";
    }
}

/// <summary>One way to serve.</summary>
public sealed record Arm
{
    /// <param name="share"><see cref="Share"/>: JSON's readers take the default of a parameter, not that of a property.</param>
    [JsonConstructor]
    public Arm(double share = 1) => Share = share;

    /// <summary>Its name, 1 to 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Of the devices, in proportion to the other arms' shares; above 0. Default 1.</summary>
    public double Share { get; init; }

    /// <summary>
    /// The served model that makes lists for its devices where they name none; null, the default, for the first that is served.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>How its devices work with the cloud; null, the default, for as their bundles say.</summary>
    public SessionRules? Rules { get; init; }

    internal IEnumerable<string> Validate()
    {
        if (EventCheck.Fault(Name, DeviceId.LongestApp) is { } name) yield return $"the arm's name '{Name}' {name}";
        if (!(Share > 0 && double.IsFinite(Share))) yield return $"the share of {Name} is {Share}, expected above 0";
        foreach (var fault in Rules?.Validate() ?? []) yield return $"{Name}: {fault}";
    }
}
