using System.CommandLine;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem codes</c>: items as codes.</summary>
internal static class CodesVerb
{
    public static Command Create() => new("codes", "learn codes of items") { CodesLearnVerb.Create() };
}
