using System.Security.Cryptography;
using System.Text.Json;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary["bundle"];

    private string WeightsPath => Path.Combine(Folder, "model.safetensors");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_bundle_comes_back_as_it_was_written()
    {
        SampleBundle.Write(Folder);
        var bundle = Bundle.Open(Folder);
        var file = Assert.Single(bundle.Manifest.Files);
        Assert.Equal("model.safetensors", file.Name);
        Assert.Equal(new FileInfo(WeightsPath).Length, file.SizeBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(WeightsPath))), file.Sha256);
        Assert.Equal(
            SampleBundle.Manifest with { Files = bundle.Manifest.Files, ManifestSha256 = bundle.Manifest.ManifestSha256 }, bundle.Manifest);
        Assert.Equal(10f, bundle.Weights.Get("item.weight", 5, 2).As<float>()[9]);
    }

    [Fact]
    public void The_manifest_is_indented_camel_case_JSON()
    {
        SampleBundle.Write(Folder);
        var text = File.ReadAllText(Path.Combine(Folder, "manifest.json"));
        Assert.Contains("\n  \"catalogVersion\": \"c1\"", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(3, json.RootElement.GetProperty("format").GetInt32());
        Assert.Equal(4, json.RootElement.GetProperty("backbone").GetProperty("items").GetInt32());
        Assert.Equal(64, json.RootElement.GetProperty("files")[0].GetProperty("sha256").GetString()!.Length);
    }

    [Fact]
    public void The_same_model_gives_the_same_files()
    {
        SampleBundle.Write(Folder);
        SampleBundle.Write(_temporary["second"]);
        foreach (var name in new[] { "manifest.json", "model.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(Folder, name)), File.ReadAllBytes(Path.Combine(_temporary["second"], name)));
    }

    [Fact]
    public void A_bundle_of_links_opens()
    {
        // As a container's volume lays it out: files lead through a link to a folder.
        SampleBundle.Write(_temporary["data-1"]);
        Directory.CreateSymbolicLink(_temporary["current"], "data-1");
        Directory.CreateDirectory(Folder);
        foreach (var name in new[] { "manifest.json", "model.safetensors" })
            File.CreateSymbolicLink(Path.Combine(Folder, name), $"../current/{name}");
        Assert.Equal("films", Bundle.Open(Folder).Manifest.Name);
        Assert.Equal(2, SafetensorsFile.Load(WeightsPath).Tensors["item.weight"].Shape[1]);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("model.safetensors")]
    public void A_device_or_a_link_to_nothing_is_refused_at_once(string name)
    {
        foreach (var target in new[] { "/dev/zero", "/dev/null", "/nowhere" })
        {
            SampleBundle.Write(_temporary["bundle-of"]);
            File.Delete(_temporary[$"bundle-of/{name}"]);
            File.CreateSymbolicLink(_temporary[$"bundle-of/{name}"], target);
            SampleBundle.AssertRefused(_temporary["bundle-of"], name);
            Directory.Delete(_temporary["bundle-of"], recursive: true);
        }
    }

    [Fact]
    public void A_newer_bundle_replaces_an_older_one_and_leaves_nothing_beside_it()
    {
        SampleBundle.Write(Folder, first: 1f);
        SampleBundle.Write(Folder + Path.DirectorySeparatorChar, first: 42f);
        Assert.Equal(42f, Bundle.Open(Folder).Weights.Get("item.weight", 5, 2).As<float>()[0]);
        Assert.Equal([Folder], Directory.GetFileSystemEntries(_temporary.Root));
    }

    [Fact]
    public void A_folder_with_anything_else_in_it_is_not_replaced()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "thesis.txt"), "years of work");
        var e = Assert.Throws<BundleException>(() => SampleBundle.Write(Folder));
        Assert.Contains("'thesis.txt'", e.Message, StringComparison.Ordinal);
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(Folder, "thesis.txt")));
        Assert.Equal([Folder], Directory.GetFileSystemEntries(_temporary.Root));
    }

    [Fact]
    public void A_manifest_with_faults_is_not_written()
    {
        var manifest = SampleBundle.Manifest with { CatalogVersion = " ", Backbone = SampleBundle.Shape with { Heads = 3 } };
        var e = Assert.Throws<BundleException>(() => Bundle.Write(Folder, manifest, SampleBundle.Weights()));
        Assert.Contains("catalogVersion", e.Message, StringComparison.Ordinal);
        Assert.Contains("3 heads", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary.Root));
    }

    [Fact]
    public void A_changed_byte_anywhere_in_the_weights_is_refused()
    {
        SampleBundle.Write(Folder);
        var whole = File.ReadAllBytes(WeightsPath);
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = whole.ToArray();
            changed[i] ^= 0x10;
            File.WriteAllBytes(WeightsPath, changed);
            SampleBundle.AssertRefused(Folder, "'model.safetensors' has SHA-256", "changed or damaged");
        }
    }

    [Fact]
    public void Weights_of_another_size_are_refused()
    {
        SampleBundle.Write(Folder);
        var whole = File.ReadAllBytes(WeightsPath);
        File.WriteAllBytes(WeightsPath, whole[..^1]);
        SampleBundle.AssertRefused(Folder, $"'model.safetensors' has {whole.Length - 1} bytes", $"says {whole.Length}");
    }

    [Fact]
    public void Torn_weights_with_the_right_hash_are_refused()
    {
        SampleBundle.Write(Folder);
        var torn = File.ReadAllBytes(WeightsPath)[..^4];
        File.WriteAllBytes(WeightsPath, torn);
        var file = new BundleFile("model.safetensors", torn.Length, Convert.ToHexString(SHA256.HashData(torn)));
        File.WriteAllBytes(Path.Combine(Folder, "manifest.json"), (SampleBundle.Manifest with { Files = [file] }).ToJson());
        SampleBundle.AssertRefused(Folder, "'model.safetensors': tensor 'item.weight'", "outside the 36 bytes");
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        SampleBundle.Write(Folder);
        File.Delete(WeightsPath);
        SampleBundle.AssertRefused(Folder, "'model.safetensors' is missing");
        File.Delete(Path.Combine(Folder, "manifest.json"));
        SampleBundle.AssertRefused(Folder, "no manifest.json");
        SampleBundle.AssertRefused(_temporary["nowhere"], "no manifest.json");
    }

    [Fact]
    public void A_file_that_is_locked_is_refused_without_throwing()
    {
        SampleBundle.Write(Folder);
        using var locked = new FileStream(WeightsPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        SampleBundle.AssertRefused(Folder, "cannot be read");
    }
}
