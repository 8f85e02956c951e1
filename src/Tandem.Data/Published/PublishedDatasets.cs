namespace Tandem.Data.Published;

/// <summary>The data sets known by name. Every address is one that the publisher's own page gives.</summary>
public static class PublishedDatasets
{
    private const string Amazon = "research use; the publisher states no licence, cite the paper named on its page";
    private const string S3Rec =
        "research use; Amazon's and Yelp's terms hold for the contents, the repository states no licence of its own";

    /// <summary>All, in the order of a list.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } =
    [
        MovieLens("100k", "100,000 ratings by 943 users of 1,682 movies", "5 MB", mayRedistribute: false),
        MovieLens("1m", "1,000,209 ratings by 6,040 users of about 3,900 movies", "6 MB", mayRedistribute: false),
        MovieLens("20m", "20,000,263 ratings by 138,493 users of 27,278 movies", "190 MB", mayRedistribute: false),
        MovieLens("25m", "25,000,095 ratings by 162,541 users of 62,423 movies", "250 MB", mayRedistribute: false),
        MovieLens("32m", "32,000,204 ratings by 200,948 users of 87,585 movies", "239 MB", mayRedistribute: true),
        Amazon2014("beauty", "Beauty", "198,502 reviews"),
        Amazon2014("sports", "Sports_and_Outdoors", "296,337 reviews"),
        Amazon2014("toys", "Toys_and_Games", "167,597 reviews"),
        Amazon2014("video-games", "Video_Games", "231,780 reviews"),
        Amazon2018("video-games", "Video_Games"),
        Amazon2023("all-beauty", "All_Beauty"),
        Amazon2023("video-games", "Video_Games"),
        S3RecSet("beauty", "Beauty", "198,502 events of Amazon Beauty 2014"),
        S3RecSet("sports", "Sports_and_Outdoors", "296,337 events of Amazon Sports and Outdoors 2014"),
        S3RecSet("toys", "Toys_and_Games", "167,597 events of Amazon Toys and Games 2014"),
        S3RecSet("yelp", "Yelp", "316,354 events of Yelp 2019"),
    ];

    /// <summary>The set of this name.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    public static PublishedDataset Find(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new DatasetException(
            "no such data set", name, $"one of {string.Join(", ", All.Select(set => set.Name))}", "'tandem data list' tells of each");

    private static PublishedDataset MovieLens(string size, string content, string bytes, bool mayRedistribute)
    {
        var address = $"https://files.grouplens.org/datasets/movielens/ml-{size}.zip";
        var licence = "GroupLens: research use, no commercial use without permission, "
            + (mayRedistribute ? "redistribution under the same terms" : "no redistribution") + "; see README in the archive";
        return new(
            $"movielens-{size}", content, bytes, licence, new($"https://grouplens.org/datasets/movielens/{size}/"),
            [new(new(address), $"ml-{size}.zip", new(address + ".md5"))]);
    }

    private static PublishedDataset Amazon2014(string name, string file, string content)
    {
        const string folder = "https://snap.stanford.edu/data/amazon/productGraph/categoryFiles/";
        return new(
            $"amazon-{name}-2014", $"{content}, 5-core, and items", null, Amazon, new(
                "https://cseweb.ucsd.edu/~jmcauley/datasets/amazon/links.html"),
            [File(folder, $"reviews_{file}_5.json.gz"), File(folder, $"meta_{file}.json.gz")]);
    }

    private static PublishedDataset Amazon2018(string name, string file)
    {
        const string folder = "https://mcauleylab.ucsd.edu/public_datasets/data/amazon_v2/";
        return new(
            $"amazon-{name}-2018", "reviews, 5-core, and items", null, Amazon, new("https://nijianmo.github.io/amazon/index.html"),
            [File(folder + "categoryFilesSmall/", $"{file}_5.json.gz"), File(folder + "metaFiles2/", $"meta_{file}.json.gz")]);
    }

    private static PublishedDataset Amazon2023(string name, string file) => new(
        $"amazon-{name}-2023", "ratings, 5-core", null, Amazon, new("https://amazon-reviews-2023.github.io"),
        [File("https://mcauleylab.ucsd.edu/public_datasets/data/amazon_2023/benchmark/5core/rating_only/", $"{file}.csv.gz")]);

    private static PublishedDataset S3RecSet(string name, string file, string content) => new(
        $"s3rec-{name}", content + ", 5-core, without times", null, S3Rec, new("https://github.com/RUCAIBox/CIKM2020-S3Rec"),
        [new(new($"https://raw.githubusercontent.com/RUCAIBox/CIKM2020-S3Rec/master/data/{file}.txt"), "sequences.txt")]);

    private static PublishedFile File(string folder, string name) => new(new(folder + name), name);
}
