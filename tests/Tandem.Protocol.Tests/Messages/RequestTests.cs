using CsCheck;
using Tandem.Protocol.Messages;

namespace Tandem.Protocol.Tests.Messages;

public class RequestTests
{
    private static readonly CandidateRequest _sound = new() { CatalogVersion = "c1", History = [4, 2, 4], Count = 10 };

    [Fact]
    public void A_sound_request_is_accepted_with_times_and_values_or_without()
    {
        foreach (var request in new[] { _sound, _sound with { Times = [9, 9, 8], Values = [0, -1, 3.5f] }, _sound with { History = [] } })
            Assert.True(request.TryValidate(items: 5, out var fault), fault);
    }

    public static TheoryData<CandidateRequest, string> BadRequests => new()
    {
        { _sound with { Count = 0 }, "count is 0" },
        { _sound with { Count = 10_001 }, "count is 10001" },
        { _sound with { History = [1, 6] }, "item 6 of event 1 is outside 1..5" },
        { _sound with { History = [0] }, "item 0 of event 0" },
        { _sound with { Times = [1, 2] }, "3 events but 2 times" },
        { _sound with { Values = [1, 2, 3, 4] }, "3 events but 4 values" },
        { _sound with { Values = [1, float.NaN, 3] }, "value NaN of event 1 is not finite" },
        { _sound with { History = new int[1_000_001] }, "1000001 events" },
    };

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public void A_request_with_a_fault_is_refused_by_name(CandidateRequest request, string named)
    {
        Assert.False(request.TryValidate(items: 5, out var fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_weights_is_checked_alike()
    {
        var request = new ParameterRequest { CatalogVersion = "c1", ModelVersion = "m1", History = [1, 2] };
        Assert.True(request.TryValidate(items: 5, out _));
        Assert.False((request with { History = [9] }).TryValidate(items: 5, out var fault));
        Assert.Contains("item 9 of event 0", fault, StringComparison.Ordinal);
        Assert.False((request with { ModelVersion = "" }).TryValidate(items: 5, out fault));
        Assert.Contains("the model's version has 0 characters", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_a_bundle_names_it()
    {
        var request = new BundleRequest { Name = "beauty", KnownVersion = "v1" };
        Assert.True(request.TryValidate(out _));
        BundleRequest[] bads = [request with { Name = "" }, request with { Version = "" }, request with { KnownVersion = new('v', 300) }];
        foreach (var bad in bads)
        {
            Assert.False(bad.TryValidate(out var fault));
            Assert.Contains("expected 1 to 256", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_verdict_is_that_of_the_definition() =>
        Gen.Select(Gen.Int[0, 6].Array[0, 4], Gen.OneOf(1f, float.NaN).Array[0, 4], Gen.Int[-1, 2]).Sample(
            (history, values, count) =>
            {
                var sound = count > 0 && history.All(item => item is >= 1 and <= 5) && values.Length == history.Length
                    && values.All(float.IsFinite);
                Assert.Equal(sound, (_sound with { History = history, Values = values, Count = count }).TryValidate(items: 5, out _));
            },
            iter: 10_000);
}
