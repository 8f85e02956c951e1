using System.Text.Json;
using Tandem.Protocol.Messages;

namespace Tandem.Protocol.Tests.Messages;

public class CloudFaultTests
{
    [Theory]
    [InlineData(CloudFaultKind.Other, "other")]
    [InlineData(CloudFaultKind.NotOffered, "notOffered")]
    [InlineData(CloudFaultKind.Unreachable, "unreachable")]
    [InlineData(CloudFaultKind.Busy, "busy")]
    [InlineData(CloudFaultKind.Refused, "refused")]
    [InlineData(CloudFaultKind.Denied, "denied")]
    [InlineData(CloudFaultKind.NotFound, "notFound")]
    [InlineData(CloudFaultKind.Failed, "failed")]
    public void Every_kind_has_a_name_that_comes_back(CloudFaultKind kind, string name)
    {
        var fault = new CloudFault { Kind = kind, Message = "m", RetryAfterSeconds = 2.5 };
        var json = JsonSerializer.Serialize(fault, MessageJson.Default.CloudFault);
        Assert.Equal($$"""{"kind":"{{name}}","message":"m","retryAfterSeconds":2.5}""", json);
        Assert.Equal(fault, JsonSerializer.Deserialize(json, MessageJson.Default.CloudFault));
        Assert.Equal($"{name}: m", fault.ToString());
    }

    [Fact]
    public void Every_kind_is_tested() => Assert.Equal(8, Enum.GetValues<CloudFaultKind>().Length);

    [Fact]
    public void A_kind_of_a_later_version_is_another() => Assert.Equal(
        new() { Kind = CloudFaultKind.Other, Message = "m" },
        JsonSerializer.Deserialize("""{"kind":"onStrike","message":"m"}""", MessageJson.Default.CloudFault));

    [Theory]
    [InlineData("""{"kind":3,"message":"m"}""")]
    [InlineData("""{"kind":null,"message":"m"}""")]
    [InlineData("""{"kind":"busy"}""")]
    [InlineData("""{"kind":"busy","message":null}""")]
    public void What_is_no_fault_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, MessageJson.Default.CloudFault));

    [Theory]
    [InlineData(null, 0)]
    [InlineData(-1.0, 0)]
    [InlineData(0.0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(double.PositiveInfinity, 86_400)]
    public void The_time_to_wait_is_one_that_can_be_waited(double? named, double waited) => Assert.Equal(
        TimeSpan.FromSeconds(waited), new CloudFault { Kind = CloudFaultKind.Busy, Message = "m", RetryAfterSeconds = named }.RetryAfter);
}
