using System.Globalization;

namespace Tandem.Data.Sources;

/// <summary>Reads a text file line by line and knows where it is, so that a fault can name the place.</summary>
/// <param name="path">The file, packed with gzip or not.</param>
/// <param name="expected">The form of a line, for faults.</param>
/// <param name="mayBeLatin1">True where a file that is not UTF-8 is Latin-1; false where it is a fault.</param>
internal sealed class SourceLines(string path, string expected, bool mayBeLatin1 = false)
{
    /// <summary>What separates fields where runs of it count as one.</summary>
    public static readonly char[] Blanks = [' ', '\t'];

    private int _line;

    /// <summary>The lines, one after the other; a fault raised meanwhile names the last one given.</summary>
    public IEnumerable<string> Read()
    {
        _line = 0;
        using var text = mayBeLatin1 ? SourceText.OpenUtf8OrLatin1(path) : SourceText.Open(path);
        while (text.ReadLine() is { } line)
        {
            _line++;
            yield return line;
        }
    }

    /// <summary>The lines split at the separator; an empty line is a fault.</summary>
    /// <param name="separator">Space (runs of spaces and tabs count as one) or another text (every one counts).</param>
    /// <param name="minFields">Fewer fields are a fault.</param>
    /// <param name="maxFields">More fields are a fault.</param>
    public IEnumerable<string[]> ReadFields(string separator, int minFields, int maxFields = int.MaxValue)
    {
        foreach (var line in Read())
        {
            if (string.IsNullOrWhiteSpace(line))
                throw Fault("the line is empty");
            var fields = separator == " " ? line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries) : line.Split(separator);
            if (fields.Length < minFields || fields.Length > maxFields)
                throw Fault($"the line has {fields.Length} field{(fields.Length == 1 ? "" : "s")}");
            yield return fields;
        }
    }

    public SourceException Fault(string what) => new(Path.GetFileName(path), _line, what, expected);

    /// <summary>The field as a key, written one way only, so that 7 and 007 are one item.</summary>
    public string Key(string field, string what) => WholeNumber(field, what).ToString(CultureInfo.InvariantCulture);

    public int Code(string field, string what) => WholeNumber(field, what) is var number and <= int.MaxValue
        ? (int)number
        : throw Fault($"{what} '{field}' is above {int.MaxValue}");

    public long WholeNumber(string field, string what) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number >= 0 ? number : throw Fault($"{what} '{field}' is negative")
            : throw Fault($"{what} '{field}' is not a whole number");

    public float Value(string field, string what) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw Fault($"{what} '{field}' is not a number");
}
