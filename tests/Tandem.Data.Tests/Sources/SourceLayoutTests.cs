using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class SourceLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_tell_the_layout()
    {
        Assert.Null(SourceLayout.Detect(_folder.Root));
        _folder.Write("u.data", "");
        _folder.Write("u.item", "");
        Assert.Null(SourceLayout.Detect(_folder.Root));
        _folder.Write("u.genre", "");
        Assert.IsType<MovieLens100kSource>(SourceLayout.Detect(_folder.Root));
        _folder.Write("sequences.txt", "");
        Assert.IsType<SequenceTextSource>(SourceLayout.Detect(_folder.Root));
    }

    [Theory]
    [InlineData(typeof(PairTextSource), "interactions.txt=1 2\n")]
    [InlineData(typeof(MovieLens1mSource), "ratings.dat=1::2::5::9\n", "movies.dat=")]
    [InlineData(typeof(MovieLensCsvSource), "ratings.csv=userId,movieId,rating,timestamp\n1,2,5,9\n", "movies.csv=movieId,title,genres\n")]
    [InlineData(typeof(YelpSource), """yelp_academic_dataset_review.json={"user_id":"u","business_id":"b","stars":4,"date":"2020-01-01 00:00:00"}""")]
    [InlineData(typeof(RecBoleSource), "a.inter=user_id:token\titem_id:token\n1\t2\n", "a.item=item_id:token\n2\n")]
    [InlineData(typeof(CsvSource), "a.csv=user,item\n1,2\n")]
    [InlineData(typeof(AmazonJsonSource), """reviews.json={"reviewerID":"u","asin":"b","overall":4.0,"unixReviewTime":9}""", "meta_a.json=")]
    public void The_source_of_a_layout_gives_the_same_events_every_time(Type source, params string[] files)
    {
        foreach (var file in files)
            _folder.Write(file.Split('=')[0], file[(file.IndexOf('=') + 1)..]);
        var found = SourceLayout.Detect(_folder.Root)!;
        Assert.IsType(source, found);
        Assert.Single(found.Read());
        Assert.Equal(found.Read(), found.Read());
        Assert.Equal(Path.GetFileName(_folder.Root), found.Name);
        Assert.NotNull(found.ReadItems());
    }

    [Fact]
    public void Two_files_that_could_be_the_one_are_no_layout()
    {
        _folder.Write("a.csv", "user,item\n");
        _folder.Write("b.csv", "user,item\n");
        Assert.Null(SourceLayout.Detect(_folder.Root));
    }

    [Fact]
    public void Named_columns_say_that_the_folder_is_a_table_whatever_else_lies_there()
    {
        _folder.Write("interactions.txt", "1 2\n");
        _folder.Write("log.csv", "who,what\na,b\n");
        var source = SourceLayout.DetectTable(_folder.Root, new() { User = "who", Item = "what" })!;
        Assert.Equal([new("a", "b", 0, 1)], source.Read());
        Assert.False(source.HasTimes);
    }

    [Fact]
    public void A_folder_that_does_not_exist_has_no_layout() => Assert.Null(SourceLayout.Detect(Path.Combine(_folder.Root, "none")));
}
