using System.Text;
using System.Text.Json.Nodes;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class ManifestContentsTests : IDisposable
{
    private static readonly ContentJoin _text = new() { Name = "text", Width = 64, Recent = 20, RecencyDecay = 0.7, Weight = 5 };

    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary["bundle"];

    private string ManifestPath => Path.Combine(Folder, "manifest.json");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_joins_come_back_as_they_were_written()
    {
        ContentJoin[] joins = [_text, _text with { Name = "category", Width = 24, Weight = 0 }];
        Bundle.Write(Folder, SampleBundle.Manifest with { Contents = joins }, SampleBundle.Weights());
        Assert.Equal(joins, Bundle.Open(Folder).Manifest.Contents);
    }

    [Fact]
    public void A_manifest_without_contents_does_not_mention_them()
    {
        SampleBundle.Write(Folder);
        Assert.DoesNotContain("contents", Encoding.UTF8.GetString(File.ReadAllBytes(ManifestPath)), StringComparison.OrdinalIgnoreCase);
        Assert.Null(Bundle.Open(Folder).Manifest.Contents);
    }

    [Theory]
    [InlineData("name", "\"\"", "contents: name is ''")]
    [InlineData("name", "\"Text\"", "contents: name is 'Text'")]
    [InlineData("name", "\"../x\"", "contents: name is '../x'")]
    [InlineData("name", "null", "manifest.json")]
    [InlineData("width", "0", "contents: width is 0, expected 1 to 4096")]
    [InlineData("width", "2000000000", "contents: width is 2000000000")]
    [InlineData("recent", "0", "contents: recent is 0, expected 1 to 1000")]
    [InlineData("recencyDecay", "0", "contents: recencyDecay is 0")]
    [InlineData("weight", "-1", "contents: weight is -1, expected 0 to 1000")]
    [InlineData("weight", "\"NaN\"", "manifest.json cannot be read")]
    public void A_hostile_constant_is_refused_by_name(string member, string value, string fault)
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Contents = [_text] }, SampleBundle.Weights());
        Edit(contents => contents[0]![member] = JsonNode.Parse(value));
        SampleBundle.AssertRefused(Folder, fault);
    }

    [Fact]
    public void Two_of_one_name_too_many_and_null_are_refused()
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Contents = [_text] }, SampleBundle.Weights());
        Edit(contents => contents.Add(contents[0]!.DeepClone()));
        SampleBundle.AssertRefused(Folder, "contents: the name 'text' is there twice");
        Edit(contents => contents[1] = null);
        SampleBundle.AssertRefused(Folder, "contents: one is null");
        var e = Assert.Throws<BundleException>(() => Bundle.Write(
            Folder,
            SampleBundle.Manifest with { Contents = [.. Enumerable.Range(0, 9).Select(i => _text with { Name = $"text{i}" })] },
            SampleBundle.Weights()));
        Assert.Contains("9 contents, expected at most 8", e.Message, StringComparison.Ordinal);
    }

    private void Edit(Action<JsonArray> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(ManifestPath))!.AsObject();
        edit(manifest["contents"]!.AsArray());
        File.WriteAllText(ManifestPath, manifest.ToJsonString());
    }
}
