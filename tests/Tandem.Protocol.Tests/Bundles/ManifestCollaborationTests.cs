using System.Text;
using System.Text.Json.Nodes;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Collaboration;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class ManifestCollaborationTests : IDisposable
{
    private static readonly CollaborationRules _rules = new()
    {
        OwnCandidates = 50,
        Fusion =
        [
            new() { Age = 0, Device = 0, Cloud = 1, Listed = 1, Before = 0 },
            new() { Age = 2, Device = 0.17, Cloud = 0.3, Listed = 0.1, Before = -0.03 },
        ],
        Request = new()
        {
            Intercept = 0.05,
            Weights = [.. Enumerable.Range(0, GainWeights.Signals).Select(k => 0.01 * k)],
            DeviceScale = 0.17,
            Threshold = 0.01,
        },
    };

    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary["bundle"];

    private string ManifestPath => Path.Combine(Folder, "manifest.json");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_rules_come_back_as_they_were_written()
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Collaboration = _rules }, SampleBundle.Weights());
        Assert.Equivalent(_rules, Bundle.Open(Folder).Manifest.Collaboration, strict: true);
        Bundle.Write(Folder, SampleBundle.Manifest with { Collaboration = _rules with { Request = null } }, SampleBundle.Weights());
        Assert.Null(Bundle.Open(Folder).Manifest.Collaboration!.Request);
    }

    [Fact]
    public void A_manifest_without_rules_does_not_mention_them()
    {
        SampleBundle.Write(Folder);
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(ManifestPath));
        Assert.DoesNotContain("collaboration", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ownCandidates", "1001", "collaboration: ownCandidates is 1001, expected 0 to 1000")]
    [InlineData("fusion", "[]", "collaboration: fusion has 0 ages")]
    [InlineData("fusion", "[null]", "collaboration: fusion at place 0 is null")]
    [InlineData("fusion", "null", "manifest.json")]
    [InlineData("fusion.0.age", "3", "collaboration: fusion at place 0: age is 3, expected 0 for the first")]
    [InlineData("fusion.1.age", "0", "collaboration: fusion at place 1: age is 0")]
    [InlineData("fusion.1.device", "-1", "device is -1, expected 0 to 1000")]
    [InlineData("fusion.1.cloud", "1e300", "cloud is 1E+300, expected 0 to 1000")]
    [InlineData("fusion.1.listed", "-1001", "listed is -1001")]
    [InlineData("fusion.1.before", "\"NaN\"", "manifest.json cannot be read")]
    [InlineData("fusion.0.cloud", "0", "device and cloud are both 0")]
    [InlineData("request.weights", "[1]", "collaboration: request has 1 weights, expected 14")]
    [InlineData("request.weights.3", "1e9", "a weight is not within")]
    [InlineData("request.deviceScale", "0", "the device's scale is not above 0")]
    [InlineData("request.threshold", "2000", "the threshold is not within")]
    [InlineData("request.intercept", "-2000", "the intercept is not within")]
    public void A_hostile_constant_is_refused_by_name(string path, string value, string fault)
    {
        Bundle.Write(Folder, SampleBundle.Manifest with { Collaboration = _rules }, SampleBundle.Weights());
        var manifest = JsonNode.Parse(File.ReadAllText(ManifestPath))!;
        var (at, steps) = (manifest["collaboration"]!, path.Split('.'));
        foreach (var step in steps[..^1]) at = int.TryParse(step, out var place) ? at[place]! : at[step]!;
        if (int.TryParse(steps[^1], out var last)) at[last] = JsonNode.Parse(value);
        else at[steps[^1]] = JsonNode.Parse(value);
        File.WriteAllText(ManifestPath, manifest.ToJsonString());
        SampleBundle.AssertRefused(Folder, fault);
    }
}
