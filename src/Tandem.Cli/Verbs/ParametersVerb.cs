using System.CommandLine;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem parameters</c>: weights made for one user.</summary>
internal static class ParametersVerb
{
    public static Command Create() => new("parameters", "weights made for one user") { ParametersMakeVerb.Create() };
}
