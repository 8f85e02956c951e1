using System.IO.Compression;
using Tandem.Data.Preparation;
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
    }

    [Theory]
    [InlineData("'interactions.txt', 'sequences.txt' could be read as sequence text or as pair text", "sequences.txt=1 2\n",
        "interactions.txt=1 2\n")]
    [InlineData("'a.inter', 'b.csv' could be read as RecBole or as a table", "a.inter=user_id:token\titem_id:token\n", "b.csv=user,item\n")]
    [InlineData("'Beauty.txt', 'b.json' could be read as Amazon reviews or as a text of whole numbers", "Beauty.txt=1 2 3\n",
        "b.json={}\n")]
    [InlineData("'a.csv', 'b.csv' could each be the table", "a.csv=user,item\n", "b.csv=user,item\n")]
    [InlineData("'a.csv', 'b.parquet' could each be the table", "a.csv=user,item\n", "b.parquet=")]
    [InlineData("'a.json', 'b.jsonl' could each be the file of reviews", "b.jsonl={}", "a.json={}", "meta_a.json=")]
    [InlineData("'Beauty.txt', 'Toys.txt' could each be the text of whole numbers", "Beauty.txt=1 2 3\n", "Toys.txt=1 2 3\n")]
    public void A_folder_that_could_be_read_in_two_ways_is_refused_with_both(string what, params string[] files)
    {
        Write(files);
        Assert.Contains(what, Assert.Throws<DatasetException>(() => SourceLayout.Detect(_folder.Root)).Message);
    }

    [Theory]
    [InlineData(typeof(SequenceTextSource), 3, "Toys_and_Games.txt=1 10 11\n2 10\n", "Toys_and_Games_item2attributes.json={}")]
    [InlineData(typeof(SequenceTextSource), 5, "Yelp.txt=1 10 11\n2 10 12 13\n", "Yelp_sample.txt=1 14 15\n2 16 17\n",
        "README.txt=about 1 2\n")]
    [InlineData(typeof(SequenceTextSource), 2, "a.txt=\uFEFF1 10 11\r\n")]
    [InlineData(typeof(PairTextSource), 3, "ml-1m.txt=1 10\n1 11\n2 10\n", "notes.txt=Read me first.\n")]
    [InlineData(typeof(PairTextSource), 2, "Video.txt=1\t10\r\n1\t11 \r\n")]
    public void A_text_of_whole_numbers_needs_no_name(Type source, int events, params string[] files)
    {
        Write(files);
        var found = SourceLayout.Detect(_folder.Root)!;
        Assert.IsType(source, found);
        Assert.Equal(events, found.Read().Count());
    }

    [Fact]
    public void Sequences_longer_than_what_is_looked_at_are_sequences()
    {
        Write([$"long.txt=1 {string.Join(' ', Enumerable.Range(1, 30_000))}\n2 5 6\n"]);
        Assert.Equal(30_002, Assert.IsType<SequenceTextSource>(SourceLayout.Detect(_folder.Root)).Read().Count());
    }

    [Theory]
    [InlineData("notes.txt=Read me first.\n")]
    [InlineData("ratings.txt=1 10 4.5 978300760\n")]
    [InlineData("ids.txt=1\n2\n")]
    [InlineData("item2attributes.json={}")]
    [InlineData(".hidden.csv=user,item\n")]
    public void Other_files_are_no_layout(string file)
    {
        Write([file]);
        Assert.Null(SourceLayout.Detect(_folder.Root));
        Assert.Contains($"no known layout in '{file.Split('=')[0]}'",
            Assert.Throws<DatasetException>(() => DatasetFolder.SourceOf(_folder.Root)).Message);
    }

    [Theory]
    [InlineData(typeof(PairTextSource), "interactions.txt=1 2\n")]
    [InlineData(typeof(SequenceTextSource), "sequences.txt=1 2\n", "items.tsv=item\ttitle\tgenres\n2\tT\tA\n", "semantic_ids.txt=2 1 2\n")]
    [InlineData(typeof(MovieLens100kSource), "u.data=1\t2\t5\t9\n", "u.item=2|T|||x|1\n", "u.genre=A|0\n")]
    [InlineData(typeof(MovieLens1mSource), "ratings.dat=1::2::5::9\n", "movies.dat=")]
    [InlineData(typeof(MovieLensCsvSource), "ratings.csv=userId,movieId,rating,timestamp\n1,2,5,9\n", "movies.csv=movieId,title,genres\n")]
    [InlineData(typeof(YelpSource), """yelp_academic_dataset_review.json={"user_id":"u","business_id":"b","stars":4,"date":"2020-01-01 00:00:00"}""", """yelp_academic_dataset_business.json={"business_id":"b","name":"n"}""")]
    [InlineData(typeof(RecBoleSource), "a.inter=user_id:token\titem_id:token\n1\t2\n", "a.item=item_id:token\n2\n")]
    [InlineData(typeof(CsvSource), "a.csv=user,item\n1,2\n")]
    [InlineData(typeof(AmazonJsonSource), """reviews.json={"reviewerID":"u","asin":"b","overall":4.0,"unixReviewTime":9}""",
        "meta_a.json=")]
    public void The_source_of_a_layout_gives_the_same_events_every_time(Type source, params string[] files)
    {
        Write([.. files, "fetched.json={}"]); // as 'data get' leaves beside what it fetched
        var found = SourceLayout.Detect(_folder.Root)!;
        Assert.IsType(source, found);
        var events = found.Read().ToArray();
        Assert.Single(events);
        Assert.Equal(events, found.Read());
        Assert.Equal(Path.GetFileName(_folder.Root), found.Name);
        var items = found.ReadItems();

        foreach (var file in Directory.GetFiles(_folder.Root).Where(path => !path.EndsWith("fetched.json", StringComparison.Ordinal)))
        {
            using (var packed = new GZipStream(File.Create(file + ".gz"), CompressionMode.Compress)) packed.Write(File.ReadAllBytes(file));
            if (new FileInfo(file).Length > 0) File.Delete(file);
            else File.Delete(file + ".gz");
        }
        var unpacked = SourceLayout.Detect(_folder.Root)!;
        Assert.IsType(source, unpacked);
        Assert.Equal(events, unpacked.Read());
        Assert.Equivalent(items, unpacked.ReadItems());
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

    private void Write(string[] files)
    {
        foreach (var file in files)
            _folder.Write(file.Split('=')[0], file[(file.IndexOf('=') + 1)..]);
    }
}
