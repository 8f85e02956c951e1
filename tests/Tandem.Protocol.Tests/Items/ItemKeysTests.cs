using Tandem.Protocol.Bundles;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Protocol.Tests.Bundles;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Items;

public sealed class ItemKeysTests : IDisposable
{
    private static readonly string[] _names = ["B004756YJA", "", "b004756yja", "Gänseblümchen 🌼", "0"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_key_is_found_under_its_id_and_no_other_text_is()
    {
        foreach (var keys in new[] { ItemKeys.From(_names), Reread(ItemKeys.From(_names)) })
        {
            Assert.Equal(5, keys.Count);
            for (var item = 1; item <= 5; item++) Assert.Equal((item, _names[item - 1]), (keys.Find(_names[item - 1]), keys[item]));
            foreach (var other in new[] { "B004756YJ", "B004756YJAA", " ", "00", "\ud83c", "Ganseblumchen 🌼" })
            {
                Assert.Equal(0,
                keys.Find(other));
            }
        }
    }

    [Fact]
    public void Many_keys_are_found_without_memory_from_the_heap()
    {
        var names = Enumerable.Range(1, 10_000).Select(i => $"item {i * 7919 % 10_007}").ToArray();
        var keys = ItemKeys.From(names);
        for (var i = 0; i < names.Length; i++) Assert.Equal(i + 1, keys.Find(names[i]));
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 100; i++) keys.Find(names[i]);
        });
        Assert.Equal(0, keys.Find(new string('x', 100_000)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    public void An_item_that_is_not_there_is_refused(int item) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ItemKeys.From(_names)[item]);

    [Fact]
    public void Keys_that_are_not_distinct_or_no_text_are_refused()
    {
        Assert.Contains("items 1 and 3 have one key, 'a'", Assert.Throws<ArgumentException>(() => ItemKeys.From(["a", "b", "a"])).Message);
        Assert.ThrowsAny<ArgumentException>(() => ItemKeys.From(["a", "\ud83c"]));
    }

    [Theory]
    [InlineData("ends fall", "ends at 1, expected 2 to 3")]
    [InlineData("ends beyond", "ends at 9, expected 2 to 3")]
    [InlineData("ends early", "the keys end at 2 of 3 bytes")]
    [InlineData("order beyond", "the order names item 4, expected 1 to 3")]
    [InlineData("order twice", "items 1 and 1 have one key")]
    [InlineData("order wrong", "the order is not that of the keys at place 1")]
    [InlineData("no text", "the key of item 2 is not UTF-8")]
    [InlineData("another number", "keys.ends")]
    public void Bytes_that_are_no_keys_are_refused(string damage, string fault)
    {
        byte[] text = damage == "no text" ? [(byte)'a', 0xff, (byte)'c'] : "abc"u8.ToArray();
        int[] ends = damage switch { "ends fall" => [1, 2, 1], "ends beyond" => [1, 2, 9], "ends early" => [1, 2, 2], _ => [1, 2, 3] };
        int[] order = damage switch { "order beyond" => [1, 2, 4], "order twice" => [1, 1, 3], "order wrong" => [2, 1, 3], _ => [1, 2, 3] };
        var writer = new SafetensorsWriter();
        writer.Add<byte>("keys.text", text, 3);
        writer.Add<int>("keys.ends", ends, 3);
        writer.Add<int>("keys.order", order, 3);
        Assert.True(SafetensorsFile.TryParse(writer.ToArray(), out var file, out _));
        var e = Assert.Throws<SafetensorsException>(() => ItemKeys.Read(file!, damage == "another number" ? 2 : 3));
        Assert.Contains(fault, e.Message);
    }

    [Fact]
    public void A_bundle_brings_them()
    {
        var keys = ItemKeys.From(_names[..4]);
        SampleBundle.Write(_folder["bundle"], keys);
        var bundle = Bundle.Open(_folder["bundle"]);
        Assert.Equal(["model.safetensors", "keys.safetensors"], bundle.Manifest.Files.Select(file => file.Name));
        Assert.Equal(4, bundle.Keys!.Find("Gänseblümchen 🌼"));
        SampleBundle.Write(_folder["without"]);
        Assert.Null(Bundle.Open(_folder["without"]).Keys);
        var e = Assert.Throws<BundleException>(() => SampleBundle.Write(_folder["fewer"], ItemKeys.From(_names[..3])));
        Assert.Contains("3 item keys for 4 items", e.Message);
    }

    [Fact]
    public void A_bundle_with_keys_of_another_number_is_refused()
    {
        // As a hostile bundle has them: file and manifest agree, the items do not.
        SampleBundle.Write(_folder["bundle"], ItemKeys.From(_names[..4]));
        var writer = new SafetensorsWriter();
        ItemKeys.From(_names[..3]).Write(writer);
        writer.Save(_folder["keys.safetensors"]);
        var bytes = File.ReadAllBytes(_folder["keys.safetensors"]);
        var manifest = Bundle.Open(_folder["bundle"]).Manifest;
        var listed = new BundleFile(
            "keys.safetensors", bytes.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        var files = new Dictionary<string, ReadOnlyMemory<byte>>
        {
            ["model.safetensors"] = File.ReadAllBytes(Path.Combine(_folder["bundle"], "model.safetensors")),
            ["keys.safetensors"] = bytes,
        };
        Assert.False(Bundle.TryOpen((manifest with { Files = [manifest.Files[0], listed] }).ToJson(), files, out _, out var fault));
        Assert.Contains("file 'keys.safetensors'", fault);
    }

    private static ItemKeys Reread(ItemKeys keys)
    {
        var writer = new SafetensorsWriter();
        keys.Write(writer);
        Assert.True(SafetensorsFile.TryParse(writer.ToArray(), out var file, out _));
        return ItemKeys.Read(file!, keys.Count);
    }
}
