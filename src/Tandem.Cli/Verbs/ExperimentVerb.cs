using System.CommandLine;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem experiment</c>: whether a part of the product is worth what it costs.</summary>
internal static class ExperimentVerb
{
    public static Command Create() =>
        new("experiment", "measure what a part of the product is worth")
        {
            AblationVerb.Create(), AdaptationVerb.Create(), ClassifyVerb.Create(), DriftVerb.Create(), NoiseVerb.Create(),
            StabilityVerb.Create(),
        };
}
