using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class BundleManifestTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public BundleManifestTests() => SampleBundle.Write(Folder);

    private string Folder => _temporary["bundle"];

    private string ManifestPath => Path.Combine(Folder, "manifest.json");

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("2.5")]
    [InlineData("\"3\"")]
    public void Another_format_is_refused_with_what_to_do(string format)
    {
        Edit(manifest => manifest["format"] = JsonNode.Parse(format));
        SampleBundle.AssertRefused(Folder, $"format {format}, this build reads format 3: update the app or export again");
    }

    [Fact]
    public void Another_format_is_named_even_when_all_else_is_different()
    {
        File.WriteAllText(ManifestPath, """{"format":4,"parts":[]}""");
        SampleBundle.AssertRefused(Folder, "format 4, this build reads format 3");
    }

    [Theory]
    [InlineData("format")]
    [InlineData("name")]
    [InlineData("version")]
    [InlineData("catalogVersion")]
    [InlineData("backbone")]
    [InlineData("files")]
    public void A_missing_member_is_refused_by_name(string member)
    {
        Edit(manifest => manifest.Remove(member));
        SampleBundle.AssertRefused(Folder, $"'{member}'");
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("items")]
    [InlineData("width")]
    [InlineData("blocks")]
    [InlineData("heads")]
    [InlineData("window")]
    public void A_missing_dimension_is_refused_by_name(string member)
    {
        Edit(manifest => manifest["backbone"]!.AsObject().Remove(member));
        SampleBundle.AssertRefused(Folder, $"'{member}'");
    }

    [Theory]
    [InlineData("name")]
    [InlineData("backbone")]
    [InlineData("files")]
    public void A_null_member_is_refused(string member)
    {
        Edit(manifest => manifest[member] = null);
        SampleBundle.AssertRefused(Folder, "manifest.json cannot be read", member);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("sizeBytes")]
    [InlineData("sha256")]
    public void An_incomplete_file_entry_is_refused_by_name(string member)
    {
        Edit(manifest => manifest["files"]![0]!.AsObject().Remove(member));
        SampleBundle.AssertRefused(Folder, $"'{member}'");
    }

    [Fact]
    public void Members_of_a_later_exporter_are_skipped()
    {
        Edit(manifest =>
        {
            manifest["trainedOn"] = new JsonObject { ["users"] = 5 };
            manifest["backbone"]!["dropout"] = 0.2;
        });
        Assert.Equal("films", Bundle.Open(Folder).Manifest.Name);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("..")]
    [InlineData("a/../model.safetensors")]
    [InlineData("..\\model.safetensors")]
    [InlineData("/etc/hostname")]
    [InlineData("C:model.safetensors")]
    [InlineData("model.safetensors\0")]
    [InlineData("")]
    public void A_file_name_that_could_be_a_path_is_refused_before_it_is_opened(string name)
    {
        File.Copy(Path.Combine(Folder, "model.safetensors"), _temporary["model.safetensors"]);
        Edit(manifest => manifest["files"]![0]!["name"] = name);
        SampleBundle.AssertRefused(Folder, "is not plain");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("MODEL.safetensors")]
    [InlineData("manifest.json")]
    public void A_file_that_is_listed_twice_is_refused(string name)
    {
        Edit(manifest =>
        {
            var second = manifest["files"]![0]!.DeepClone();
            second["name"] = name;
            manifest["files"]!.AsArray().Add(second);
        });
        SampleBundle.AssertRefused(Folder, $"'{name}' is listed twice");
    }

    [Fact]
    public void A_manifest_without_weights_is_refused()
    {
        Edit(manifest => manifest["files"] = new JsonArray());
        SampleBundle.AssertRefused(Folder, "lists no 'model.safetensors'");
        Edit(manifest => manifest["files"] = new JsonArray([null]));
        SampleBundle.AssertRefused(Folder, "files holds null");
    }

    [Theory]
    [InlineData("\"oracle\"")]
    [InlineData("7")]
    [InlineData("null")]
    public void An_unknown_backbone_is_refused_by_name(string kind)
    {
        Edit(manifest => manifest["backbone"]!["kind"] = JsonNode.Parse(kind));
        // Other tests may register kinds of their own.
        SampleBundle.AssertRefused(Folder, $"backbone {kind} is not one this build knows ({string.Join(", ", BackboneShapes.Kinds)})");
    }

    [Fact]
    public void Dimensions_that_do_not_fit_are_refused()
    {
        Edit(manifest => manifest["backbone"]!["items"] = 100_000_001);
        SampleBundle.AssertRefused(Folder, "backbone: items is 100000001, expected 1 to 100000000");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"format\":2")]
    public void Bad_JSON_is_refused(string text)
    {
        File.WriteAllText(ManifestPath, text);
        SampleBundle.AssertRefused(Folder, "manifest.json");
    }

    [Fact]
    public void A_manifest_of_absurd_length_is_not_read()
    {
        File.WriteAllText(ManifestPath, new string(' ', 2_000_000));
        SampleBundle.AssertRefused(Folder, "2000000 bytes, expected 1 to 1048576");
    }

    [Fact]
    public void Mutated_manifests_never_throw()
    {
        var whole = File.ReadAllBytes(ManifestPath);
        var value = Gen.OneOf<byte>(Gen.Byte, Gen.OneOf<byte>([.. "{}[]\",:\\ud8c0123456789-.e"u8]));
        Gen.Select(Gen.Int[0, whole.Length - 1], value).Array[1, 4].Sample(
            edits =>
            {
                var bytes = whole.ToArray();
                foreach (var (at, edited) in edits) bytes[at] = edited;
                File.WriteAllBytes(ManifestPath, bytes);
                if (Bundle.TryOpen(Folder, out _, out var fault)) Assert.Equal(whole, bytes);
                else Assert.NotEmpty(fault);
            },
            iter: 3_000,
            threads: 1);
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var whole = File.ReadAllBytes(ManifestPath);
        var weights = File.ReadAllBytes(Path.Combine(Folder, "model.safetensors"));
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["model.safetensors"] = weights };
        for (var bit = 0; bit < 8 * whole.Length; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Bundle.TryOpen(flipped, files, out _, out var fault), $"bit {bit}");
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void A_seal_is_found_beside_names_that_look_like_one()
    {
        var zeros = new string('0', 64);
        var json = (SampleBundle.Manifest with { Name = zeros, Version = "manifestSha256" }).ToJson();
        Assert.Equal(zeros, JsonNode.Parse(json)!["name"]!.GetValue<string>());
    }

    /// <summary>Changes a manifest and seals it again.</summary>
    private void Edit(Action<JsonObject> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(ManifestPath))!.AsObject();
        manifest["manifestSha256"] = ManifestSeal.Zeros;
        edit(manifest);
        var json = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        ManifestSeal.Put(json);
        File.WriteAllBytes(ManifestPath, json);
    }
}
