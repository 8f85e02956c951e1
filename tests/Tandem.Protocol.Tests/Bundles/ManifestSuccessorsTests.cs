using System.Text;
using System.Text.Json.Nodes;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class ManifestSuccessorsTests : IDisposable
{
    private static readonly SuccessorJoin _join = new() { Recent = 20, RecencyDecay = 0.5, Shares = true, Weight = 1.4, Offset = 3e-4 };

    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary["bundle"];

    private string ManifestPath => Path.Combine(Folder, "manifest.json");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_join_comes_back_as_it_was_written()
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Successors = _join }, SampleBundle.Weights());
        Assert.Equal(_join, Bundle.Open(Folder).Manifest.Successors);
    }

    [Fact]
    public void A_manifest_without_it_does_not_mention_it()
    {
        SampleBundle.Write(Folder);
        Assert.DoesNotContain("successors", Encoding.UTF8.GetString(File.ReadAllBytes(ManifestPath)), StringComparison.OrdinalIgnoreCase);
        Assert.Null(Bundle.Open(Folder).Manifest.Successors);
    }

    [Theory]
    [InlineData("recent", "0", "successors: recent is 0, expected 1 to 1000")]
    [InlineData("recent", "2000000000", "successors: recent is 2000000000")]
    [InlineData("recencyDecay", "0", "successors: recencyDecay is 0")]
    [InlineData("recencyDecay", "-1e300", "successors: recencyDecay is -1E+300")]
    [InlineData("weight", "1e400", "manifest.json")]
    [InlineData("weight", "-0.1", "successors: weight is -0.1, expected 0 to 1000")]
    [InlineData("offset", "1e-300", "successors: offset is 1E-300")]
    [InlineData("offset", "\"NaN\"", "manifest.json cannot be read")]
    [InlineData("shares", "1", "manifest.json cannot be read")]
    [InlineData("shares", "null", "manifest.json cannot be read")]
    public void A_hostile_constant_is_refused_by_name(string member, string value, string fault)
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Successors = _join }, SampleBundle.Weights());
        Edit(join => join[member] = JsonNode.Parse(value));
        SampleBundle.AssertRefused(Folder, fault);
    }

    [Theory]
    [InlineData("recent")]
    [InlineData("recencyDecay")]
    [InlineData("shares")]
    [InlineData("weight")]
    [InlineData("offset")]
    public void A_missing_constant_is_refused_by_name(string member)
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Successors = _join }, SampleBundle.Weights());
        Edit(join => join.Remove(member));
        SampleBundle.AssertRefused(Folder, $"'{member}'");
    }

    [Fact]
    public void A_join_with_faults_is_not_written()
    {
        var e = Assert.Throws<BundleException>(
            () => Bundle.Write(Folder, SampleBundle.Manifest with { Successors = _join with { Offset = 0 } }, SampleBundle.Weights()));
        Assert.Contains("successors: offset is 0", e.Message, StringComparison.Ordinal);
    }

    private void Edit(Action<JsonObject> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(ManifestPath))!.AsObject();
        edit(manifest["successors"]!.AsObject());
        File.WriteAllText(ManifestPath, manifest.ToJsonString());
    }
}
