using CsCheck;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

/// <summary>A bundle whose files were read by someone else, as in a browser.</summary>
public sealed class BundleInMemoryTests
{
    private const string Name = "model.safetensors";

    private readonly byte[] _manifest;
    private readonly byte[] _weights;

    public BundleInMemoryTests()
    {
        using var folder = new TemporaryFolder();
        SampleBundle.Write(folder["bundle"]);
        _manifest = File.ReadAllBytes(Path.Combine(folder["bundle"], "manifest.json"));
        _weights = File.ReadAllBytes(Path.Combine(folder["bundle"], Name));
    }

    [Fact]
    public void It_opens_as_its_folder_does()
    {
        Assert.True(Bundle.TryOpen(_manifest, Files(_weights), out var bundle, out var fault), fault);
        Assert.Equal("films", bundle.Manifest.Name);
        Assert.Equal(10f, bundle.Weights.Get("item.weight", 5, 2).As<float>()[9]);
    }

    [Fact]
    public void Files_that_the_manifest_does_not_name_are_ignored()
    {
        var files = Files(_weights);
        files.Add("notes.txt", default);
        Assert.True(Bundle.TryOpen(_manifest, files, out _, out _));
    }

    [Fact]
    public void A_missing_or_cut_file_is_refused_by_name()
    {
        AssertRefused("'model.safetensors' is missing", _manifest, []);
        AssertRefused($"has {_weights.Length - 1} bytes", _manifest, Files(_weights[..^1]));
    }

    [Fact]
    public void A_manifest_that_is_too_long_is_not_parsed() =>
        AssertRefused("manifest.json has 1048577 bytes", new byte[(1 << 20) + 1], Files(_weights));

    [Fact]
    public void A_changed_bit_anywhere_in_the_weights_is_refused() =>
        Gen.Select(Gen.Int[0, _weights.Length - 1], Gen.Int[0, 7]).Sample((at, bit) =>
    {
        var changed = _weights.ToArray();
        changed[at] ^= (byte)(1 << bit);
        AssertRefused("changed or damaged", _manifest, Files(changed));
    });

    [Fact]
    public void Whatever_the_manifest_it_is_answered() =>
        Gen.Select(Gen.Int[0, _manifest.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample((at, value, cut) =>
    {
        var changed = _manifest.ToArray();
        changed[at] = value;
        var opened = Bundle.TryOpen(cut == 0 ? changed.AsMemory(0, at) : changed, Files(_weights), out var bundle, out var fault);
        return opened ? bundle is not null && fault is null : bundle is null && fault!.Length > 0;
    });

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(byte[] weights) => new() { [Name] = weights };

    private static void AssertRefused(string reason, byte[] manifest, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        Assert.False(Bundle.TryOpen(manifest, files, out var bundle, out var fault));
        Assert.Null(bundle);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }
}
