using System.Globalization;
using System.Text;
using Tandem.Data;
using Tandem.Protocol;

namespace Tandem.Learning.Codes;

/// <summary>
/// Codes as text: a line per item, <c>key code code …</c>, as <c>semantic_ids.txt</c> beside sequences; keys may be any, and where one of
/// them has blanks, tabulators stand between all fields.
/// </summary>
public static class CodesFile
{
    private const string Form = "'key code code …' for every item of the catalogue, as many codes on each line";
    private const string Remedy = "learn codes for this data set with 'tandem codes learn'";

    /// <summary>Writes all items in the order of their numbers; a crash leaves the old file or the new one.</summary>
    public static void Save(string path, ItemCodes codes, Catalog catalog)
    {
        if (codes.Items != catalog.Count) throw new ArgumentException($"codes of {codes.Items} items for {catalog.Count}", nameof(codes));
        var items = Enumerable.Range(1, catalog.Count);
        var separator = items.Any(item => catalog[item].Key.Any(char.IsWhiteSpace)) ? '\t' : ' ';
        var text = new StringBuilder();
        foreach (var item in items)
        {
            text.Append(catalog[item].Key);
            foreach (var code in codes[item]) text.Append(separator).Append(code.ToString(CultureInfo.InvariantCulture));
            text.Append('\n');
        }

        DurableFile.WriteText(path, text.ToString());
    }

    /// <summary>Reads what <see cref="Save"/> wrote, or <c>semantic_ids.txt</c> of the catalogue.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="catalog">Every item of it has a line, and no other.</param>
    /// <param name="codebookSize">K; 0, the default, for one more than the greatest code.</param>
    /// <exception cref="DatasetException">The file is damaged, or has the codes of another catalogue.</exception>
    public static ItemCodes Read(string path, Catalog catalog, int codebookSize = 0)
    {
        if (!File.Exists(path)) throw Fault(path, "no such file");
        var (codes, levels, line, read) = (Array.Empty<ushort>(), 0, 0, new bool[catalog.Count + 1]);
        foreach (var text in File.ReadLines(path, Encoding.UTF8))
        {
            line++;
            var fields = text.Split(text.Contains('\t', StringComparison.Ordinal) ? '\t' : ' ');
            if (levels == 0)
            {
                levels = fields.Length - 1;
                if (levels is < 1 or > 256) throw Fault(path, $"line {line} has {levels} codes");
                codes = new ushort[catalog.Count * levels];
            }

            if (fields.Length != levels + 1) throw Fault(path, $"line {line} has {fields.Length - 1} codes where the first has {levels}");
            if (catalog.FindId(fields[0]) is not (> 0 and var item))
                throw Fault(path, $"line {line} is of item '{Shortened(fields[0])}', which the data set has not");
            if (read[item]) throw Fault(path, $"line {line} is of item '{Shortened(fields[0])}', which has a line already");
            read[item] = true;
            for (var level = 0; level < levels; level++)
            {
                codes[(item - 1) * levels + level] =
                    ushort.TryParse(fields[level + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                    && (codebookSize == 0 || code < codebookSize)
                        ? code
                        : throw Fault(path, $"line {line} has the code '{Shortened(fields[level + 1])}', which is not in 0 … "
                            + $"{(codebookSize == 0 ? ItemCodes.MostCodes : codebookSize) - 1}");
            }
        }

        if (read.Count(true) is var known && known < catalog.Count)
            throw Fault(path, $"it has codes of {known} of the data set's {catalog.Count} items");
        return new(levels, codebookSize == 0 ? codes.Max() + 1 : codebookSize, codes);
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static DatasetException Fault(string path, string what) => new(what, path, Form, Remedy);
}
