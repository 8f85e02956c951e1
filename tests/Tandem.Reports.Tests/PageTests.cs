namespace Tandem.Reports.Tests;

public class PageTests
{
    [Fact]
    public void Text_is_shown_and_not_read_as_markup()
    {
        const string evil = "<script>alert(1)</script> & \"quotes\"";
        using var chart = new Chart(evil, evil);
        chart.Line(evil, [1, 2], [3, 4]);
        chart.Line("other", [1, 2], [4, 3]);
        var page = new Page(evil).Heading(evil).Paragraph(evil).Table([evil], [[evil]]).Json(new { Evil = evil }).Figure(chart)
            .Closed(evil, inner => inner.Paragraph(evil)).ToString();
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_charts_of_a_page_share_no_id()
    {
        using var chart = new Chart("x", "y");
        chart.Line("a", [1, 2], [3, 4]);
        chart.Line("b", [1, 2], [3, 4]);
        var page = new Page("two").Figure(chart).Figure(chart).ToString();
        var ids = page.Split("id=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]).ToArray();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
        var used = page.Split("url(#").Skip(1).Select(part => part[..part.IndexOf(')', StringComparison.Ordinal)]).Distinct();
        Assert.Equal(ids.Order(), used.Order());
    }

    [Fact]
    public void Charts_take_the_colour_of_the_pages_text()
    {
        using var chart = new Chart("x", "y");
        chart.Line("a", [1, 2], [3, 4]);
        var page = new Page("colours").Figure(chart).ToString();
        Assert.Contains("fill=\"currentColor\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("#010203", page, StringComparison.Ordinal);
        Assert.DoesNotContain("fill=\"white\"", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("fill=\"#FFFFFF\"", page, StringComparison.OrdinalIgnoreCase);
    }
}
