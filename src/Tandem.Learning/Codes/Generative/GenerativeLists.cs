using Tandem.Learning.Baselines;
using Tandem.Learning.Language.Generation;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Codes.Generative;

/// <summary>What makes lists of a language model's log-probabilities, beside its weights.</summary>
/// <param name="Events">[V + 1] training events by item: by them items of equal codes share their probability.</param>
/// <param name="Calibration">Fitted on validation events; null where log-probabilities stay as they are.</param>
public sealed record GenerativeLists(long[] Events, ListCalibration? Calibration)
{
    private const string Kind = "lists";
    private const string EventsName = "events";

    /// <summary>Writes the file; a crash leaves the old one or the new one.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(
        path, Kind, Events.Length - 1, new Kept(Calibration), writer => writer.Add<long>(EventsName, Events, Events.Length));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="items">V of the model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged, holds something else, or events of another catalogue.</exception>
    public static GenerativeLists Load(string path, int items) => BaselineFile.Read(path, Kind, file =>
    {
        if (file.Items != items)
            throw new SafetensorsException($"events of {file.Items} items beside a model of {items}; train the model again");
        var events = file.Tensors.Get(EventsName, items + 1).As<long>().ToArray();
        if (Array.Exists(events, count => count is < 0 or > int.MaxValue))
            throw new SafetensorsException("an item has a number of events that cannot be; train the model again");
        return new GenerativeLists(events, file.Options<Kept>(kept => kept.Faults()).Calibration);
    });

    private sealed record Kept(ListCalibration? Calibration)
    {
        public IEnumerable<string> Faults()
        {
            if (Calibration is { } c && !(c.Slope > 0 && double.IsFinite(c.Slope) && double.IsFinite(c.Intercept)))
                yield return $"the calibration has slope {c.Slope} and intercept {c.Intercept}";
        }
    }
}
