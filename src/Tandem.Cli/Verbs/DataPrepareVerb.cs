using System.CommandLine;
using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem data prepare</c>: raw files to a dataset folder.</summary>
internal static class DataPrepareVerb
{
    private static readonly Argument<string> _raw = new("raw") { Description = "folder of a known layout", HelpName = "RAW" };
    private static readonly Option<string> _out = new("--out")
    {
        Description = "the dataset folder to write",
        Required = true,
        HelpName = "DIR",
    };
    private static readonly Option<int> _minUserEvents = new("--min-user-events")
    {
        Description = "leave out users with fewer events; with --min-item-events repeated until both hold",
        DefaultValueFactory = _ => new PreparationOptions().MinUserEvents,
    };

    private static readonly Option<int> _minItemEvents = new("--min-item-events")
    {
        Description = "leave out items with fewer events",
        DefaultValueFactory = _ => new PreparationOptions().MinItemEvents,
    };

    private static readonly Option<float?> _minValue =
        new("--min-value") { Description = "leave out events with a lower rating (default: none)" };
    private static readonly Option<DuplicateRule> _duplicates = new("--duplicates")
    {
        Description = "which of a user's events with one item stay",
        DefaultValueFactory = _ => new PreparationOptions().Duplicates,
    };

    private static readonly Option<string?> _user = Column("user", "users (default: user, user_id, … by their usual names)");
    private static readonly Option<string?> _item = Column("item", "items (default: item, item_id, asin, … by their usual names)");
    private static readonly Option<string?> _time = Column("time", "times (default: time, timestamp, date, … if there is one; - for none)");
    private static readonly Option<string?> _value = Column(
        "value", "ratings (default: value, rating, stars, … if there is one; - for none)");
    private static readonly Option<TimeUnit?> _timeUnit = new("--time-unit")
    {
        Description = "unit of a table's times (default: seconds, or what their size tells)",
    };
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("prepare", "read raw files, filter, re-draw the item numbers at random, write a dataset folder")
        {
            _raw, _out, _minUserEvents, _minItemEvents, _minValue, _duplicates, _user, _item, _time, _value, _timeUnit, _seed, _json,
        };
        verb.SetAction(Run);
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        var options = Options(parsed);
        UsageException.ThrowIfAny(options.Validate());
        var progress = new WatchedReading();
        var dataset = Open(parsed, options, progress);
        var folder = parsed.GetRequiredValue(_out);
        DatasetFolder.Write(dataset, folder);
        DatasetArgument.PrintNotes(dataset);
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(Summary(dataset, progress.Last, folder));
        }
        else
        {
            Terminal.Output.PrintLine(
            $"{dataset.Name}: {dataset.Users} users, {dataset.Catalog.Count} items, {dataset.Interactions} interactions → {folder}");
        }

        return 0;
    }

    private static SequenceDataset Open(ParseResult parsed, PreparationOptions options, WatchedReading progress)
    {
        var (raw, seed, columns) = (parsed.GetRequiredValue(_raw), parsed.GetValue(_seed), Columns(parsed));
        if (!DatasetFolder.Exists(raw))
            return DatasetPreparation.Prepare(DatasetFolder.SourceOf(raw, columns), seed, options, progress);
        if (columns is not null || !options.KeepsAll)
            throw new UsageException($"{raw} is prepared already, and filters and column names apply to raw files; give the raw folder");
        return DatasetFolder.Read(raw);
    }

    private static object Summary(SequenceDataset dataset, PreparationProgress reading, string folder) => new
    {
        dataset.Name,
        dataset.Users,
        Items = dataset.Catalog.Count,
        dataset.Interactions,
        dataset.HasTimes,
        dataset.Catalog.HasSemanticIds,
        dataset.Seed,
        dataset.Hash,
        Filters = new
        {
            dataset.Preparation.MinUserEvents,
            dataset.Preparation.MinItemEvents,
            dataset.Preparation.MinValue,
            dataset.Preparation.Duplicates
        },
        dataset.Reading.UnreadColumns,
        dataset.Reading.RepeatedRows,
        Notes = dataset.Reading.Lines,
        RowsRead = reading.Rows,
        reading.RowsPerSecond,
        PeakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0,
        Folder = folder,
    };

    private static PreparationOptions Options(ParseResult parsed) => new()
    {
        MinUserEvents = parsed.GetValue(_minUserEvents),
        MinItemEvents = parsed.GetValue(_minItemEvents),
        MinValue = parsed.GetValue(_minValue),
        Duplicates = parsed.GetValue(_duplicates),
    };

    /// <summary>Null where no column is named: then the folder tells what it is.</summary>
    private static ColumnNames? Columns(ParseResult parsed)
    {
        var (user, item, time, value) = (parsed.GetValue(_user), parsed.GetValue(_item), parsed.GetValue(_time), parsed.GetValue(_value));
        var unit = parsed.GetValue(_timeUnit);
        return (user ?? item ?? time ?? value) is null && unit is null
            ? null
            : new() { User = user, Item = item, Time = time, Value = value, TimeUnit = unit };
    }

    private static Option<string?> Column(string what, string description) =>
        new($"--{what}-column") { Description = $"a table's column of {description}", HelpName = "NAME" };
}
