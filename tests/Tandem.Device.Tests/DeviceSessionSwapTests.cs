using Tandem.Device.Tests.Models;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests;

public sealed class DeviceSessionSwapTests : IDisposable
{
    private const string Tensor = "backbone.norm.bias"; // [8]

    private readonly DeviceSession _session = new(TinyBundle.Load(), new());

    public DeviceSessionSwapTests()
    {
        foreach (var item in new[] { 3, 9, 27 }) _session.Observe(item);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Another_model_of_the_catalogue_takes_over_with_the_history()
    {
        var other = TinyBundle.Load(seed: 2);
        Assert.True(_session.TrySwap(other, out var fault), fault);
        var fresh = new DeviceSession(other, new());
        foreach (var item in new[] { 3, 9, 27 }) fresh.Observe(item);
        Assert.Equal(fresh.Recommend(40), _session.Recommend(40));
        Assert.Same(other, _session.Model);
    }

    [Fact]
    public void Another_model_brings_its_own_keys()
    {
        using var session = new DeviceSession(Counted.Opened(new() { Keys = TinyBundle.KeysOf("old-") }), new());
        Assert.True(session.TrySwap(Counted.Opened(new(seed: 2) { Keys = TinyBundle.KeysOf("new-") }), out var fault), fault);
        Assert.Equal((17, 0), (session.Model.Items.Find("new-17"), session.Model.Items.Find("old-17")));
        Assert.True(session.TrySwap(TinyBundle.Load(), out fault), fault);
        Assert.False(session.Model.HoldsKeys);
    }

    [Fact]
    public void A_model_of_another_catalogue_is_refused_and_the_old_one_keeps_serving()
    {
        var before = _session.Recommend(40);
        Assert.True(DeviceModel.TryLoad(new TinyBundle { CatalogVersion = "catalogue-b" }.Open(), out var other, out _));
        Assert.False(_session.TrySwap(other!, out var fault));
        Assert.Contains("catalogue-b", fault, StringComparison.Ordinal);
        Assert.Equal(before, _session.Recommend(40));
    }

    [Fact]
    public void A_packet_changes_the_scores_and_a_swap_takes_it_away()
    {
        var before = _session.Recommend(40);
        Assert.True(_session.TryApply(Packet(value: 2), out var fault), fault);
        Assert.NotEqual(before, _session.Recommend(40));
        Assert.True(_session.TrySwap(_session.Model, out _));
        Assert.Equal(before, _session.Recommend(40));
    }

    [Theory]
    [InlineData("2", Tensor, 8, 1f, "version 2")]
    [InlineData("1", "backbone.norm.gamma", 8, 1f, "backbone.norm.gamma")]
    [InlineData("1", Tensor, 7, 1f, "[7]")]
    [InlineData("1", Tensor, 8, float.NaN, "not finite")]
    public void A_packet_that_does_not_fit_is_refused_and_the_old_weights_keep_serving(
        string modelVersion, string tensor, int length, float value, string reason)
    {
        var before = _session.Recommend(40);
        Assert.False(_session.TryApply(Packet(value, modelVersion, tensor, length), out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
        Assert.Equal(before, _session.Recommend(40));
    }

    [Fact]
    public void A_packet_with_one_bad_tensor_changes_none()
    {
        var before = _session.Recommend(40);
        var weights = new SafetensorsWriter();
        weights.Add<float>(Tensor, new float[8], 8);
        weights.Add<float>("backbone.norm.weight", new float[9], 9);
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes("1", "p", weights), out var packet, out _));
        Assert.False(_session.TryApply(packet, out _));
        Assert.Equal(before, _session.Recommend(40));
    }

    private static ParameterPacket Packet(float value, string modelVersion = "1", string tensor = Tensor, int length = 8)
    {
        var weights = new SafetensorsWriter();
        weights.Add<float>(tensor, [.. Enumerable.Range(0, length).Select(i => value * (i - 3))], length);
        Assert.True(ParameterPacket.TryParse(ParameterPacket.ToBytes(modelVersion, "p", weights), out var packet, out var fault), fault);
        return packet;
    }
}
