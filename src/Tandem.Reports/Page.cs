using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Learning.Backbones;

namespace Tandem.Reports;

/// <summary>
/// A report as one self-contained HTML page: no script, nothing loaded from elsewhere. It takes the reader's light or dark colours. All
/// text is escaped.
/// </summary>
public sealed class Page
{
    private const string Style = """
          :root { color-scheme: light dark }
          body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
          h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1.2rem; margin-top: 2rem }
          .wide { overflow-x: auto; margin: 1rem 0 } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
          td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
          td.text, th.text { text-align: left }
          pre { background: color-mix(in srgb, currentColor 7%, transparent); padding: 1rem; overflow-x: auto; font-size: 13px }
          figure { margin: 1rem 0 } svg { max-width: 100%; height: auto } summary { cursor: pointer }
        """;

    private static readonly BackboneJson _json = new(new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the page escapes it
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    });

    private readonly string _title;
    private readonly StringBuilder _body = new();
    private int _charts;

    /// <param name="title">Heads the page and names its tab.</param>
    public Page(string title)
    {
        _title = title;
        _body.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(title)}</h1>\n");
    }

    /// <summary>Adds a heading of a part.</summary>
    public Page Heading(string text) => Append($"<h2>{Escape(text)}</h2>\n");

    /// <summary>Adds a paragraph; nothing where the text is empty.</summary>
    public Page Paragraph(string text) => text.Length == 0 ? this : Append($"<p>{Escape(text)}</p>\n");

    /// <summary>Adds a chart.</summary>
    public Page Figure(Chart chart) => Append($"<figure>\n{chart.Svg($"chart-{++_charts}-")}</figure>\n");

    /// <summary>Adds a table.</summary>
    /// <param name="columns">Heads of the columns.</param>
    /// <param name="rows">Cells, as many as there are columns.</param>
    /// <param name="textColumns">How many columns, from the left, hold text; the others hold numbers. Default 1.</param>
    public Page Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, int textColumns = 1)
    {
        string Row(string tag, IReadOnlyList<string> cells) => "<tr>" + string.Concat(cells.Select((cell, i) =>
            $"<{tag}{(i < textColumns ? " class=\"text\"" : "")}>{Escape(cell)}</{tag}>")) + "</tr>\n";
        return Append(
            $"<div class=\"wide\"><table>\n{Row("th", columns)}{string.Concat(rows.Select(row => Row("td", row)))}</table></div>\n");
    }

    /// <summary>Adds a value as indented JSON, names in camel case.</summary>
    public Page Json(object value) => Append($"<pre>{Escape(JsonSerializer.Serialize(value, _json.Options))}</pre>\n");

    /// <summary>Adds a part that is closed until the reader opens it.</summary>
    /// <param name="title">What can be seen of it.</param>
    /// <param name="content">Adds the part.</param>
    public Page Closed(string title, Action<Page> content)
    {
        Append($"<details><summary>{Escape(title)}</summary>\n");
        content(this);
        return Append("</details>\n");
    }

    /// <summary>Writes the page in place of what was there, which stays whole until the new one is.</summary>
    public void Write(string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, ToString());
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The page's text.</summary>
    public override string ToString() => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Tandem: {Escape(_title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        {_body}</body>
        </html>

        """;

    private Page Append(string html)
    {
        _body.Append(html);
        return this;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
