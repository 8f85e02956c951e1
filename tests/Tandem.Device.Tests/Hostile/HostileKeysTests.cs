using System.Text;
using CsCheck;
using Tandem.Cli.Drill;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests.Hostile;

/// <summary>Keys of a bundle that lie under right checksums are refused with a reason, or name every item by one key of its own.</summary>
public class HostileKeysTests
{
    private static readonly Victim _victim = new("sasrec", TinyStorage.Quantised);

    [Fact]
    public void Whatever_the_keys_say() => Lies.Any.Sample(
        done =>
        {
            if (_victim.OpenWithKeys(Tampering.Apply(_victim.Keys, done)).Model is not { } model) return;
            Assert.Equal(model.Shape.Items, model.Items.Count);
            for (var item = 1; item <= model.Items.Count; item++) Assert.Equal(item, model.Items.Find(model.Items[item]));
            Assert.Equal(0, model.Items.Find("no such key"));
            Victim.AssertServes(new(model, new() { HistoryLimit = 30, ExcludeConsumed = false }));
        },
        iter: 2_000,
        threads: 1);

    [Fact]
    public void A_damaged_file_of_keys_is_refused_at_every_byte()
    {
        Assert.NotNull(_victim.OpenWithKeys(_victim.Keys).Model);
        for (var at = 0; at < _victim.Keys.Length; at++)
        {
            var damaged = _victim.Keys.ToArray();
            damaged[at] ^= 4;
            var (model, fault) = _victim.OpenWithKeys(damaged, listed: _victim.Keys);
            Assert.Null(model);
            Assert.Contains("file 'keys.safetensors' has SHA-256", fault, StringComparison.Ordinal);
        }

        AssertRefused("it is cut off or was changed", _victim.Keys[..^1], listed: _victim.Keys);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Keys_of_another_number_of_items_are_refused(int more)
    {
        var names = Enumerable.Range(1, _victim.Shape.Items + more).Select(item => $"key {item}");
        AssertRefused("'keys.ends'", Victim.WriteKeys(ItemKeys.From([.. names])));
    }

    [Fact]
    public void Keys_that_overlap_are_refused()
    {
        var V = _victim.Shape.Items;
        var ends = Enumerable.Range(1, V).ToArray();
        (ends[4], ends[5]) = (ends[5], ends[4]); // item 7 would begin within item 6's key
        var writer = new SafetensorsWriter();
        writer.Add<byte>("keys.text", new byte[V], V);
        writer.Add<int>("keys.ends", ends, V);
        writer.Add<int>("keys.order", [.. Enumerable.Range(1, V)], V);
        AssertRefused("the key of item 6 ends at 5, expected 6 to", writer.ToArray());
    }

    [Fact]
    public void Tensors_that_overlap_are_refused()
    {
        var V = _victim.Shape.Items;
        var header = $$$"""
            {"keys.ends":{"dtype":"I32","shape":[{{{V}}}],"data_offsets":[0,{{{4 * V}}}]},
            "keys.order":{"dtype":"I32","shape":[{{{V}}}],"data_offsets":[{{{2 * V}}},{{{6 * V}}}]},
            "keys.text":{"dtype":"U8","shape":[{{{V}}}],"data_offsets":[{{{6 * V}}},{{{7 * V}}}]}}
            """;
        byte[] file = [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header),
            .. new byte[7 * V]];
        AssertRefused("overlap", file);
    }

    private static void AssertRefused(string reason, byte[] keys, byte[]? listed = null)
    {
        var (model, fault) = _victim.OpenWithKeys(keys, listed);
        Assert.Null(model);
        Assert.Contains("file 'keys.safetensors'", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }
}
