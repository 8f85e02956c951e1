using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tandem.Cli;

/// <summary>Parse errors in one line, with what can be done about them.</summary>
internal static class UsageText
{
    public static string Of(ParseResult parsed)
    {
        var path = Path(parsed.CommandResult);
        return $"{path}: {Fault(parsed)}; see '{path} --help'";
    }

    private static string Fault(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var token, ..]) return Unmatched(parsed.CommandResult, token);
        if (TakesCommand(command)) return $"a command is missing; {Expected(command)}";
        var values = parsed.CommandResult.Children.OfType<OptionResult>().Select(Unreadable).OfType<string>().ToArray();
        return string.Join("; ", values.Length > 0 ? values : parsed.Errors.Select(e => Text(command, e.Message)).Distinct());
    }

    /// <summary>A token that no command, option or argument takes; what follows it is of no use to name.</summary>
    private static string Unmatched(CommandResult result, string token)
    {
        var command = result.Command;
        if (token.StartsWith('-'))
        {
            var options = Ancestors(result).SelectMany(at => at.Command.Options.Where(option => at == result || option.Recursive))
                .SelectMany(option => option.Aliases.Prepend(option.Name));
            return $"no option is called '{token}'{Nearest.Hint(token, options)}";
        }

        return TakesCommand(command)
            ? $"no command is called '{token}'{Nearest.Hint(token, command.Subcommands.Select(c => c.Name))}; {Expected(command)}"
            : $"'{token}' is one word too many; an option's value follows its name, and words with spaces stand in quotes";
    }

    /// <summary>What has an argument of its own, as train its model, does something without a command behind it.</summary>
    private static bool TakesCommand(Command command) => command.Subcommands.Count > 0 && command.Arguments.Count == 0;

    private static string Expected(Command command) => $"expected one of: {string.Join(", ", command.Subcommands.Select(c => c.Name))}";

    /// <summary>An option's value of another type, in the words of the command line; null where nothing is wrong with it.</summary>
    private static string? Unreadable(OptionResult result)
    {
        if (result.Tokens.Count == 0 || !result.Errors.Any()) return null;
        var type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType;
        var expected = (type.GetElementType() ?? type) switch
        {
            { IsEnum: true } names =>
                $"expected one of: {string.Join(", ", Enum.GetNames(names).Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}",
            var number when number == typeof(int) || number == typeof(long) => "expected a whole number",
            var number when number == typeof(double) || number == typeof(float) => "expected a number",
            _ => null,
        };
        return expected is null ? null : $"{result.Option.Name} {string.Join(' ', result.Tokens.Select(t => t.Value))}: {expected}";
    }

    private static string Text(Command command, string message) => message.StartsWith("Required argument missing", StringComparison.Ordinal)
        ? $"expected {string.Join(' ', command.Arguments.Select(argument => argument.HelpName ?? argument.Name))} after '{command.Name}'"
        : message.TrimEnd('.');

    private static IEnumerable<CommandResult> Ancestors(CommandResult result)
    {
        for (var at = result; at is not null; at = at.Parent as CommandResult) yield return at;
    }

    private static string Path(CommandResult result) =>
        string.Join(' ', Ancestors(result).Reverse().Select(at => at.Command is RootCommand ? "tandem" : at.Command.Name));
}
