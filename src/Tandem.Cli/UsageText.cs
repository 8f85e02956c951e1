using System.CommandLine;

namespace Tandem.Cli;

/// <summary>Parse errors in one line, with what can be done about them.</summary>
internal static class UsageText
{
    public static string Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = Path(parsed);
        var faults = string.Join("; ", parsed.Errors.Select(e => e.Message.TrimEnd('.')).Distinct());
        var verbs = command.Subcommands.Count == 0 ? "" : $"; expected one of: {string.Join(", ", command.Subcommands.Select(c => c.Name))}";
        return $"{path}: {faults}{verbs}; see '{path} --help'";
    }

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, at.Command is RootCommand ? "tandem" : at.Command.Name);
        return string.Join(' ', names);
    }
}
