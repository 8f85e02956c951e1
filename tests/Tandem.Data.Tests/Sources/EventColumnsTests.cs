using Tandem.Data.Sources;

namespace Tandem.Data.Tests.Sources;

public class EventColumnsTests
{
    [Theory]
    [InlineData("user item time value", 0, 1, 2, 3)]
    [InlineData("rating timestamp movieId userId", 3, 2, 1, 0)]
    [InlineData("reviewerID ASIN overall unixReviewTime", 0, 1, 3, 2)]
    [InlineData("User_Id Product-ID Score DATE", 0, 1, 3, 2)]
    [InlineData("stars business_id user_id", 2, 1, -1, 0)]
    public void The_usual_names_are_known_in_any_case_and_order(string header, int user, int item, int time, int value)
    {
        var found = Find(header);
        Assert.Equal((user, item, time, value), (found.User, found.Item, found.Time, found.Value));
        Assert.Empty(found.Unread);
        Assert.Null(found.UnreadLine("a.csv"));
    }

    [Fact]
    public void Of_two_usual_names_the_commoner_is_read_and_the_other_is_said_to_be_unread()
    {
        var found = Find("user asin parent_asin date timestamp");
        Assert.Equal((2, 4), (found.Item, found.Time));
        Assert.Equal(["asin", "date"], found.Unread);
    }

    [Fact]
    public void What_is_left_unread_is_one_line_that_says_how_to_name_it()
    {
        Assert.Equal("a.csv: column not read: title", Find("user item time value title").UnreadLine("a.csv"));
        Assert.EndsWith("title, page; there are no times: name a column of them with --time-column",
            Find("user item value title page").UnreadLine("a.csv"), StringComparison.Ordinal);
        Assert.Contains("no ratings", Find("user item time title").UnreadLine("a.csv"), StringComparison.Ordinal);
        Assert.Contains("neither times nor ratings", Find("user item title").UnreadLine("a.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_given_come_first_and_leave_the_rest_to_the_usual_ones()
    {
        var found = Find("user item time rating score", new() { User = "item", Item = "user", Value = "score" });
        Assert.Equal((1, 0, 2, 4), (found.User, found.Item, found.Time, found.Value));
        Assert.Equal(["rating"], found.Unread);
    }

    [Fact]
    public void Times_and_values_can_be_left_unread()
    {
        var found = Find("user item time rating", new() { Time = ColumnNames.None, Value = ColumnNames.None });
        Assert.Equal((-1, -1), (found.Time, found.Value));
        Assert.Equal(["time", "rating"], found.Unread);
    }

    [Theory]
    [InlineData("who item", "no column of users among 'who, item'", "name it with --user-column")]
    [InlineData("user title", "no column of items among 'user, title'", "name it with --item-column")]
    [InlineData("user_id UserId item", "columns 'user_id' and 'UserId' both name users", "--user-column")]
    [InlineData("user item time time", "columns 'time' and 'time' both name times", "--time-column")]
    public void A_header_that_lacks_a_column_or_leaves_it_open_is_a_fault(string header, string what, string remedy)
    {
        var fault = Assert.Throws<FormatException>(() => Find(header));
        Assert.Contains(what, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    private static EventColumns Find(string header, ColumnNames? names = null) => EventColumns.Find(
        header.Split(' '), names ?? new(), (what, expected, remedy) => new FormatException($"{what}; expected {expected}; {remedy}"));
}
