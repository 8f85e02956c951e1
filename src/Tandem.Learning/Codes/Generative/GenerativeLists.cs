using System.Globalization;
using System.Text.Json;
using Tandem.Learning.Language.Generation;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Codes.Generative;

/// <summary>What makes lists of a language model's log-probabilities, beside its weights.</summary>
/// <param name="Events">[V + 1] training events by item: by them items of equal codes share their probability.</param>
/// <param name="Calibration">Fitted on validation events; null where log-probabilities stay as they are.</param>
public sealed record GenerativeLists(long[] Events, ListCalibration? Calibration)
{
    private const string Kind = "lists", KindKey = "kind", ItemsKey = "items", OptionsKey = "options", EventsName = "events";

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[KindKey] = Kind;
        writer.Metadata[ItemsKey] = (Events.Length - 1).ToString(CultureInfo.InvariantCulture);
        writer.Metadata[OptionsKey] = JsonSerializer.Serialize(new Kept(Calibration));
        writer.Add<long>(EventsName, Events, Events.Length);
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged, holds something else, or events of another catalogue.</exception>
    public static GenerativeLists Load(string path, int items)
    {
        var file = SafetensorsFile.Load(path);
        if (file.Metadata.GetValueOrDefault(KindKey) != Kind) throw Fault(path, "holds no events and calibration of a generative model");
        var kept = file.Metadata.GetValueOrDefault(ItemsKey);
        if (kept != items.ToString(CultureInfo.InvariantCulture))
            throw Fault(path, $"events of {kept} items beside a model of {items}");
        var events = file.Get(EventsName, items + 1).As<long>().ToArray();
        if (Array.Exists(events, count => count is < 0 or > int.MaxValue)) throw Fault(path, "a number of events that cannot be");
        return new(events, Read(path, file.Metadata.GetValueOrDefault(OptionsKey, "null")));
    }

    private static ListCalibration? Read(string path, string options)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(options) ?? throw new JsonException("it is missing");
            return kept.Faults().FirstOrDefault() is { } fault ? throw new JsonException(fault) : kept.Calibration;
        }
        catch (JsonException e)
        {
            throw Fault(path, $"the calibration cannot be used ({e.Message})");
        }
    }

    private static SafetensorsException Fault(string path, string what) => new($"{path}: {what}; train the model again");

    private sealed record Kept(ListCalibration? Calibration)
    {
        public IEnumerable<string> Faults()
        {
            if (Calibration is { } c && !(c.Slope > 0 && double.IsFinite(c.Slope) && double.IsFinite(c.Intercept)))
                yield return $"the calibration has slope {c.Slope} and intercept {c.Intercept}";
        }
    }
}
