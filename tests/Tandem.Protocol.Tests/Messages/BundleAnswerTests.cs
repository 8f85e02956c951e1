using System.Text.Json;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Tests.Bundles;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Messages;

public class BundleAnswerTests
{
    [Fact]
    public void An_answer_without_files_says_that_the_device_has_them()
    {
        var answer = new BundleAnswer { Version = "v1" };
        Assert.True(answer.IsKnown);
        Assert.False(answer.TryOpen(out _, out var fault));
        Assert.Contains("holds no files", fault, StringComparison.Ordinal);
        Assert.Equal("""{"version":"v1"}""", JsonSerializer.Serialize(answer, MessageJson.Default.BundleAnswer));
    }

    [Fact]
    public void What_is_no_bundle_is_refused()
    {
        var files = new Dictionary<string, byte[]> { ["model.safetensors"] = [3] };
        var answer = new BundleAnswer { Version = "v1", Manifest = [1, 2], Files = files };
        Assert.False(answer.IsKnown);
        Assert.False(answer.TryOpen(out var bundle, out var fault));
        Assert.Null(bundle);
        Assert.NotEqual("", fault);
    }

    [Fact]
    public void A_bundle_is_opened_and_is_the_version_that_was_answered()
    {
        using var folder = new TemporaryFolder();
        SampleBundle.Write(folder["bundle"]);
        byte[] Read(string file) => File.ReadAllBytes(Path.Combine(folder["bundle"], file));
        var version = Bundle.Open(folder["bundle"]).Manifest.Version;
        var answer = new BundleAnswer
        {
            Version = version,
            Manifest = Read("manifest.json"),
            Files = new Dictionary<string, byte[]> { ["model.safetensors"] = Read("model.safetensors") },
        };
        Assert.True(answer.TryOpen(out var bundle, out var fault), fault);
        Assert.Equal("films", bundle.Manifest.Name);
        Assert.False((answer with { Version = "another" }).TryOpen(out _, out fault));
        Assert.Contains("said to be version 'another'", fault, StringComparison.Ordinal);
    }
}
