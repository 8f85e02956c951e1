using Tandem.Data.Published;

namespace Tandem.Data.Tests.Published;

public class PublishedDatasetsTests
{
    [Fact]
    public void Every_set_has_a_name_of_its_own_terms_and_safe_addresses()
    {
        Assert.Equal(PublishedDatasets.All.Count, PublishedDatasets.All.Select(set => set.Name).Distinct().Count());
        Assert.All(PublishedDatasets.All, set =>
        {
            Assert.NotEmpty(set.Licence);
            Assert.All(set.Files.Select(file => file.Url).Append(set.Page), url => Assert.Equal("https", url.Scheme));
        });
    }

    [Fact]
    public void A_set_is_found_by_its_name() =>
        Assert.Equal(
            "https://files.grouplens.org/datasets/movielens/ml-25m.zip", PublishedDatasets.Find("movielens-25m").Files[0].Url.AbsoluteUri);

    [Fact]
    public void An_unknown_name_is_answered_with_those_known()
    {
        var fault = Assert.Throws<DatasetException>(() => PublishedDatasets.Find("movielens"));
        Assert.Contains("movielens-100k", fault.Message);
        Assert.Contains("s3rec-beauty", fault.Message);
    }

    [Fact]
    public void A_mirror_has_all_files_in_one_folder()
    {
        var file = PublishedDatasets.Find("movielens-1m").From(new("http://mirror/sets")).Files[0];
        Assert.Equal(
            ("http://mirror/sets/ml-1m.zip", "http://mirror/sets/ml-1m.zip.md5"), (file.Url.AbsoluteUri, file.Checksum!.AbsoluteUri));
    }
}
