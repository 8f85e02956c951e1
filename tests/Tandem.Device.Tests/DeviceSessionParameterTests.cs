using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Tests;

public sealed class DeviceSessionParameterTests : IDisposable
{
    private readonly DeviceSession _session = new(TinyBundle.Load(), new());
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    public DeviceSessionParameterTests()
    {
        foreach (var item in new[] { 3, 9, 27 }) _session.Observe(item, time: 60 * item);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Weights_that_the_cloud_makes_for_the_user_serve_from_then_on()
    {
        var before = _session.Recommend(40);
        var cloud = new Tailor(_ => new ParameterAnswer { Packet = Packet() });
        Assert.Equal(new(true, "packet p", null), await _session.RefreshParametersAsync(cloud, _cancel));
        Assert.NotEqual(before, _session.Recommend(40));
        var request = Assert.Single(cloud.Requests);
        Assert.Equal([3, 9, 27], request.History);
        Assert.Equal([180, 540, 1620], request.Times!);
        Assert.Equal((_session.Model.CatalogVersion, _session.Model.Version, null),
            (request.CatalogVersion, request.ModelVersion, request.Values));
    }

    [Fact]
    public async Task Weights_that_do_not_fit_are_refused_and_the_old_ones_serve()
    {
        var before = _session.Recommend(40);
        foreach (var (bytes, reason) in new[] { (Packet("2"), "version 2"), ([1, 2, 3], "weights refused: ") })
        {
            var outcome = await _session.RefreshParametersAsync(new Tailor(_ => new ParameterAnswer { Packet = bytes }), _cancel);
            Assert.False(outcome.IsApplied);
            Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        }

        Assert.Equal(before, _session.Recommend(40));
    }

    [Fact]
    public async Task A_fault_or_an_exception_of_the_cloud_is_told_and_the_next_call_can_be_made()
    {
        var fault = new CloudFault { Kind = CloudFaultKind.Denied, Message = "who are you" };
        Assert.Equal(new(false, "no weights, denied: who are you", fault),
            await _session.RefreshParametersAsync(new Tailor(_ => fault), _cancel));
        var thrown = await _session.RefreshParametersAsync(new Tailor(_ => throw new IOException("cut")), _cancel);
        Assert.Equal(CloudFaultKind.Failed, thrown.Fault!.Kind);
        var applied = await _session.RefreshParametersAsync(new Tailor(_ => new ParameterAnswer { Packet = Packet() }), _cancel);
        Assert.True(applied.IsApplied);
    }

    private static byte[] Packet(string modelVersion = "1")
    {
        var weights = new SafetensorsWriter();
        weights.Add<float>("backbone.norm.bias", [.. Enumerable.Range(0, 8).Select(i => i - 3f)], 8);
        return ParameterPacket.ToBytes(modelVersion, "p", weights);
    }

    private sealed class Tailor(Func<ParameterRequest, CloudAnswer<ParameterAnswer>> answer) : ICloud
    {
        public List<ParameterRequest> Requests { get; } = [];

        public ValueTask<CloudAnswer<ParameterAnswer>> GetParametersAsync(ParameterRequest request, CancellationToken cancel = default)
        {
            Requests.Add(request);
            return ValueTask.FromResult(answer(request));
        }
    }
}
