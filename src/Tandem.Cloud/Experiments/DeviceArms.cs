using Tandem.Cloud.Stores;
using Tandem.Protocol.Collaboration;

namespace Tandem.Cloud.Experiments;

/// <summary>A device's arms, one of each experiment, and what they ask for together.</summary>
/// <param name="Given">With their propensities.</param>
/// <param name="Model">The model that makes the device's lists; null for the first that is served.</param>
/// <param name="Rules">How the device works with the cloud; null for as its bundle says.</param>
internal sealed record DeviceArms(IReadOnlyList<ArmOfDevice> Given, string? Model, SessionRules? Rules)
{
    /// <summary>Of no experiment.</summary>
    public static readonly DeviceArms None = new([], null, null);

    public static DeviceArms Of(IReadOnlyList<Experiment> experiments, DeviceId device)
    {
        var arms = experiments.Select(experiment => (Experiment: experiment, Arm: ArmChoice.Of(experiment, device))).ToArray();
        return new(
            [.. arms.Select(at => new ArmOfDevice(at.Experiment.Name, at.Arm.Name, ArmChoice.PropensityOf(at.Experiment, at.Arm)))],
            arms.Select(at => at.Arm.Model).FirstOrDefault(model => model is not null),
            Join(arms.Select(at => at.Arm.Rules).OfType<SessionRules>()));
    }

    /// <summary>No two experiments set the same, which <see cref="ExperimentCheck"/> sees to.</summary>
    private static SessionRules? Join(IEnumerable<SessionRules> rules) => rules.Aggregate((SessionRules?)null, (joined, next) => new()
    {
        Request = joined?.Request ?? next.Request,
        Fusion = joined?.Fusion ?? next.Fusion,
        Collaboration = joined?.Collaboration ?? next.Collaboration,
    });
}
