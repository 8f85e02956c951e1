using Tandem.Protocol.Bundles;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using Tandem.Protocol.Tests.Parameters;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class BundleFactorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Factors_come_back_under_the_hash_of_their_file()
    {
        var factors = SampleFactors.Of();
        Write("bundle", factors);
        var opened = Bundle.Open(_folder["bundle"]);
        Assert.Equal(factors.Hash, opened.Factors!.Hash);
        var file = Assert.Single(opened.Manifest.Files, file => file.Name == "parameters.safetensors");
        Assert.StartsWith(factors.Hash, file.Sha256, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_without_factors_is_what_it_was()
    {
        SampleBundle.Write(_folder["before"]);
        Write("after", null);
        Assert.Null(Bundle.Open(_folder["after"]).Factors);
        string[] names = ["manifest.json", "model.safetensors"];
        Assert.Equal(names, Directory.GetFiles(_folder["after"]).Select(Path.GetFileName).Order());
        foreach (var name in names)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["before"], name)), File.ReadAllBytes(Path.Combine(_folder["after"], name)));
    }

    [Fact]
    public void Damaged_factors_are_refused()
    {
        Write("bundle", SampleFactors.Of());
        var path = Path.Combine(_folder["bundle"], "parameters.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        SampleBundle.AssertRefused(_folder["bundle"], "file 'parameters.safetensors' has SHA-256", "fetch it again");
    }

    [Fact]
    public void A_file_that_holds_no_factors_is_refused()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a.up", [1f], 1, 1);
        var bytes = writer.ToArray();
        var weights = SampleBundle.Weights().ToArray();
        BundleFile Listed(string name, byte[] content) =>
            new(name, content.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
        BundleFile[] listed = [Listed("model.safetensors", weights), Listed("parameters.safetensors", bytes)];
        var manifest = SampleBundle.Manifest with { Files = listed };
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["model.safetensors"] = weights, ["parameters.safetensors"] = bytes };
        Assert.False(Bundle.TryOpen(manifest.ToJson(), files, out _, out var fault));
        Assert.Contains("file 'parameters.safetensors': no tensor 'a.down'", fault, StringComparison.Ordinal);
    }

    private void Write(string name, ParameterFactors? factors) =>
        Bundle.Write(_folder[name], SampleBundle.Manifest, SampleBundle.Weights(), factors: factors);
}
