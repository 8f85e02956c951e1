using System.CommandLine;
using System.Globalization;
using Tandem.Chat;
using Tandem.Chat.Calls;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Chat;

/// <summary>A chat model that a verb is told to put lists in order with: the same for every verb that has lists of a cloud.</summary>
internal static class ChatArgument
{
    public static Option<string?> Create() => new("--chat")
    {
        Description = "a file of a chat model that puts the lists in order (docs/chat-models.md); titles of a user's newest items and of "
            + "the candidates are sent to its server",
        HelpName = "FILE",
    };

    /// <summary>The model of a file; null for no file.</summary>
    /// <exception cref="Tandem.Chat.Clients.ChatOptionsException">The file cannot be used, or the key's variable is not set.</exception>
    public static ChatModel? Open(string? file) => file is null ? null : ChatModel.Open(ChatRankingFile.Read(file));

    /// <summary>Its order of a catalogue's items.</summary>
    /// <exception cref="RunException">The items have nothing that a chat model could read.</exception>
    public static ChatRanker RankerOf(ChatModel model, Catalog catalog)
    {
        var named = Enumerable.Range(1, catalog.Count).Any(item => catalog[item] is { Title.Length: > 0 } or { Categories.Count: > 0 });
        return named
            ? new(model, catalog)
            : throw new RunException("--chat: the items have neither titles nor categories, so a chat model has nothing to read; prepare "
                + "the data with texts of its items, or leave --chat out");
    }

    /// <summary>A cloud's lists in its order; as they are without a model.</summary>
    public static ICandidateGenerator Over(ICandidateGenerator retriever, ChatModel? model, Catalog catalog) =>
        model is null ? retriever : new RerankedCandidates(retriever, RankerOf(model, catalog));

    /// <summary>What leaves this machine, for whoever starts it.</summary>
    public static string Notice(ChatModel model)
    {
        var (options, server) = (model.Options, model.Options.Server!);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"lists are put in order by {options.Model} at {server.Endpoint.Authority}, which is sent titles: of the newest "
                + $"{options.History} items of a history and of {options.Retrieve} candidates");
    }

    /// <summary>What it did and cost, on one line.</summary>
    public static string Text(ChatCounts counts)
    {
        var faults = string.Join(", ", counts.Faults.Select(fault => string.Create(
            CultureInfo.InvariantCulture, $"{fault.Key.ToString().ToLowerInvariant()} {fault.Value}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"chat model: {counts.Ranked} lists ranked, {counts.Cached} of them by kept answers; {counts.Calls} calls, "
                + $"{counts.Retried} of them again; {counts.InputTokens} tokens read, {counts.OutputTokens} written, "
                + $"price {counts.Money:0.####}; "
                + $"{counts.DroppedNumbers} numbers dropped, {counts.MissingNumbers} left out; "
                + $"{counts.Faults.Values.Sum()} lists as they were retrieved{(faults.Length > 0 ? $" ({faults})" : "")}");
    }
}
