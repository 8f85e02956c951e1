using System.Globalization;
using Spectre.Console;

namespace Tandem.Cli;

/// <summary>Shows a device's ranking and takes what is typed.</summary>
/// <param name="device">What is shown.</param>
/// <param name="input">Lines that a person types, or a script.</param>
/// <param name="asJson">True for a JSON object a turn in place of tables.</param>
internal sealed class DeviceScreen(TerminalDevice device, TextReader input, bool asJson)
{
    private const string Help = "a number of the table or a key: click it; o: go offline or online; u: undo; q: quit";

    /// <summary>Until the input ends or asks to.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Terminal.Error.PrintLine(Help);
        var turn = await device.ClickAsync(item: null, cancel);
        Show(turn, asJson);
        while (await input.ReadLineAsync(cancel) is { } line && line.Trim() is not "q" and var word)
        {
            if (!TryTake(word, turn, out var item)) continue;
            turn = await device.ClickAsync(item, cancel);
            Show(turn, asJson);
        }
    }

    /// <summary>Shows what a click brought.</summary>
    public static void Show(DeviceTurn turn, bool asJson)
    {
        if (asJson)
        {
            JsonLine.Print(turn);
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns(new TableColumn("#").RightAligned(), new TableColumn("item"), new TableColumn("score").RightAligned());
        for (var place = 0; place < turn.Ranking.Count; place++)
        {
            var best = turn.Ranking[place];
            table.AddRow(
                (place + 1).ToString(CultureInfo.InvariantCulture), Markup.Escape(best.Key),
                best.Score.ToString("0.000", CultureInfo.InvariantCulture));
        }

        if (turn.Click is not null) Terminal.Output.PrintLine($"clicked {turn.Click}");
        Terminal.Output.PrintLine(Status(turn));
        Terminal.Output.Write(table);
    }

    private static string Status(DeviceTurn turn)
    {
        var asked = turn.Asked
            ? string.Create(CultureInfo.InvariantCulture, $"asked the cloud ({turn.Reason}), {turn.Milliseconds:0} ms, "
                + $"{(turn.NewList ? "a new list" : "no new list")}")
            : $"did not ask ({turn.Reason})";
        var events = turn.EventsWaiting is null ? "" : $"; {turn.EventsSent} clicks sent, {turn.EventsWaiting} waiting";
        return $"{(turn.Online ? "online" : "offline")}, {asked}; the list is {turn.ListAge} clicks old{events}";
    }

    /// <summary>Does what a word asks; true where there is a new ranking to show.</summary>
    private bool TryTake(string word, DeviceTurn turn, out int? item)
    {
        item = null;
        if (word.Length == 0) return false;
        if (word == "o") return TryToggle();
        if (word == "u") return device.Undo();
        item = ClickedItems.Find(device.Model, word);
        if (int.TryParse(word, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= turn.Ranking.Count)
            item = turn.Ranking[place - 1].Item;
        if (item != 0) return true;
        Terminal.Error.PrintLine($"{ClickedItems.Unknown(device.Model, word)} ({Help})");
        return false;
    }

    private bool TryToggle()
    {
        if (!device.HasCloud)
        {
            Terminal.Error.PrintLine("there is no cloud to go online with; begin anew with --cloud");
            return false;
        }

        device.IsOnline = !device.IsOnline;
        return true;
    }
}
