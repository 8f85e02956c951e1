using System.CommandLine;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem items</c>: what is known of a data set's items.</summary>
internal static class ItemsVerb
{
    public static Command Create() => new("items", "work on a data set's items") { ItemsEmbedVerb.Create() };
}
