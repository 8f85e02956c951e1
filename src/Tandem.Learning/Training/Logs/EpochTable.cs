using System.Globalization;
using System.Text;

namespace Tandem.Learning.Training.Logs;

/// <summary>
/// The file of epochs: a header, then a line per epoch, on disk before the epoch's checkpoint is. A run that was cut off between
/// the two repeats its last epoch, and that epoch's line is then written anew, not twice.
/// </summary>
internal sealed class EpochTable
{
    private const string Header = "epoch,steps,loss,seconds,validation,tokensPerSecond";

    private readonly string _path;

    /// <summary>Keeps the lines of the epochs before <paramref name="nextEpoch"/>.</summary>
    /// <exception cref="TrainingException">The file holds something else.</exception>
    public EpochTable(string path, int nextEpoch)
    {
        _path = path;
        var kept = Read(path).Where(row => row.Epoch < nextEpoch).ToArray();
        Steps = kept.Sum(row => row.Steps);
        var temporary = path + ".tmp";
        File.WriteAllLines(temporary, [Header, .. kept.Select(Line)]);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Steps of all epochs in the file.</summary>
    public int Steps { get; private set; }

    /// <summary>Adds an epoch; it is on disk when this returns.</summary>
    public void Append(EpochRow row)
    {
        using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(Encoding.UTF8.GetBytes(Line(row) + "\n"));
        stream.Flush(flushToDisk: true);
        Steps += row.Steps;
    }

    /// <summary>
    /// The epochs in order; none where there is no file. A last line without its end is of a write that was cut off, and left out.
    /// </summary>
    /// <exception cref="TrainingException">The file holds something else.</exception>
    public static IReadOnlyList<EpochRow> Read(string path)
    {
        if (!File.Exists(path)) return [];
        var lines = File.ReadAllText(path).Split('\n')[..^1];
        if (lines.Length > 0 && lines[0].TrimEnd('\r') != Header) throw Fault(path, 1, lines[0], Header);
        return [.. lines.Skip(1).Select((line, i) => Parse(line) ?? throw Fault(path, i + 2, line, $"an epoch as {Header}"))];
    }

    private static string Line(EpochRow row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Epoch},{row.Steps},{row.Loss},{row.Seconds},{row.Validation},{row.TokensPerSecond}");

    private static EpochRow? Parse(string line)
    {
        var cells = line.TrimEnd('\r').Split(',');
        if (cells.Length != 6 || !Whole(cells[0], out var epoch) || !Whole(cells[1], out var steps)) return null;
        if (!Real(cells[2], out var loss) || !Real(cells[3], out var seconds) || !Real(cells[5], out var rate)) return null;
        if (cells[4].Length == 0) return new EpochRow(epoch, steps, loss, seconds, null, rate);
        return Real(cells[4], out var validation) ? new EpochRow(epoch, steps, loss, seconds, validation, rate) : null;
    }

    private static bool Whole(string cell, out int value) => int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool Real(string cell, out double value) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static TrainingException Fault(string path, int line, string found, string expected) =>
        new($"{path}, line {line}: '{found.TrimEnd('\r')}'; expected {expected}; move the file away to go on");
}
