using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Tandem.Reports;

/// <summary>Lines and points over two axes, drawn as SVG in the colours of the page around it.</summary>
public sealed class Chart : IDisposable
{
    private const int Width = 760;

    // Skia writes it into the SVG as it is; there it is replaced by the page's text colour, light or dark.
    private const string Ink = "#010203";

    private readonly Plot _plot = new();
    private bool _isLogarithmic;
    private int _named;

    /// <param name="x">Label of the horizontal axis, with its unit.</param>
    /// <param name="y">Label of the vertical axis, with its unit.</param>
    public Chart(string x, string y)
    {
        var ink = Color.FromHex(Ink);
        (_plot.FigureBackground.Color, _plot.DataBackground.Color) = (Colors.Transparent, Colors.Transparent);
        _plot.Axes.Color(ink);
        (_plot.Grid.MajorLineColor, _plot.Legend.FontColor) = (ink.WithOpacity(0.15), ink);
        (_plot.Legend.BackgroundColor, _plot.Legend.ShadowColor) = (Colors.Transparent, Colors.Transparent);
        (_plot.Legend.OutlineColor, _plot.Legend.FontSize) = (ink.WithOpacity(0.3), 13);
        _plot.XLabel(x, 14);
        _plot.YLabel(y, 14);
        foreach (var axis in new IAxis[] { _plot.Axes.Bottom, _plot.Axes.Left })
        {
            (axis.Label.Bold, axis.TickLabelStyle.FontSize) = (false,
            13);
        }

        foreach (var axis in new IAxis[] { _plot.Axes.Right, _plot.Axes.Top }) axis.FrameLineStyle.Width = 0;
    }

    /// <summary>Height in pixels of a chart 760 wide. Default 340.</summary>
    public int Height { get; init; } = 340;

    /// <summary>Frees the drawing.</summary>
    public void Dispose() => _plot.Dispose();

    /// <summary>Adds points joined by a line.</summary>
    public void Line(string name, double[] xs, double[] ys)
    {
        var line = _plot.Add.Scatter(xs, ys);
        (line.LegendText, line.LineWidth, line.MarkerSize) = (Named(name), 2, xs.Length > 40 ? 0 : 6);
    }

    /// <summary>Adds a height, dashed over the whole width.</summary>
    public void Level(string name, double y)
    {
        var level = _plot.Add.HorizontalLine(y, pattern: LinePattern.Dashed);
        level.LegendText = Named(name);
    }

    /// <summary>Adds points.</summary>
    /// <param name="name">In the legend.</param>
    /// <param name="xs">[points]; above 0 on a logarithmic axis.</param>
    /// <param name="ys">[points].</param>
    /// <param name="isOpen">True for empty diamonds, false for dots. Default false.</param>
    public void Points(string name, double[] xs, double[] ys, bool isOpen = false)
    {
        var points = _plot.Add.ScatterPoints(_isLogarithmic ? [.. xs.Select(Math.Log10)] : xs, ys);
        (points.LegendText, points.MarkerSize) = (Named(name), isOpen ? 10 : 8);
        if (isOpen) (points.MarkerShape, points.MarkerLineWidth) = (MarkerShape.OpenDiamond, 2);
    }

    /// <summary>Marks whole numbers alone on the horizontal axis.</summary>
    public void CountAcross() => _plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };

    /// <summary>Starts the vertical axis at 0; called when all is added.</summary>
    public void StartAtZero()
    {
        _plot.Axes.AutoScale();
        _plot.Axes.SetLimitsY(0, _plot.Axes.GetLimits().Top);
    }

    /// <summary>Spreads the horizontal axis by logarithms; called before points are added.</summary>
    /// <param name="low">Left end, above 0.</param>
    /// <param name="high">Right end.</param>
    public void LogarithmAcross(double low, double high)
    {
        _isLogarithmic = true;
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        int[] digits = last - first > 4 ? [1] : [1, 2, 5];
        var values = Enumerable.Range(first, last - first + 1).SelectMany(power => digits.Select(digit => digit * Math.Pow(10, power)))
            .ToArray();
        _plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. values.Select(Math.Log10)], [.. values.Select(value => value.ToString("G3", CultureInfo.InvariantCulture))]);
        var margin = 0.03 * Math.Log10(high / low);
        _plot.Axes.SetLimitsX(Math.Log10(low) - margin, Math.Log10(high) + margin);
    }

    /// <summary>Names the places 0, 1, 2, … of the horizontal axis.</summary>
    public void NameAcross(IReadOnlyList<string> names)
    {
        _plot.Axes.Bottom.TickGenerator = new NumericManual([.. names.Select((_, i) => (double)i)], [.. names]);
        _plot.Axes.SetLimitsX(-0.5, names.Count - 0.5);
    }

    /// <summary>The drawing, to stand within HTML.</summary>
    /// <param name="prefix">Makes its ids differ from those of the page's other drawings.</param>
    internal string Svg(string prefix)
    {
        // Beside the data, not over them. One thing alone is told by the axis.
        if (_named > 1) _plot.ShowLegend(Edge.Right);
        else _plot.HideLegend();
        var svg = _plot.GetSvgXml(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..] // without the XML declaration, which HTML has no place for
            .Replace(Ink, "currentColor", StringComparison.Ordinal)
            .Replace("id=\"", $"id=\"{prefix}", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal);
        return svg.Replace("<svg ", $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" ", StringComparison.Ordinal);
    }

    private string Named(string name)
    {
        _named++;
        return name;
    }
}
