using Tandem.Device.Collaboration;
using Tandem.Device.Http;
using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.Tests.Http;

/// <summary>A session whose cloud is at an address.</summary>
public sealed class HttpSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_ranks_the_list_that_it_got_and_serves_on_when_the_cloud_is_away()
    {
        var isAway = false;
        await using var server = new RawServer(_ => isAway
            ? RawServer.Problem(503, """{"detail":"closed","kind":"busy","retryAfterSeconds":60}""")
            : RawServer.Json(
                """{"catalogVersion":"catalogue-a","modelVersion":"m","historyLength":1,"items":[9,7,11],"scores":[-1,-2,-3]}"""));
        using var client = new HttpClient { BaseAddress = server.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = "phone-1", CandidateDeadline = TimeSpan.FromSeconds(30) });
        var time = new ManualTime();
        var session = new DeviceSession(TinyBundle.Load(), new() { Policy = new AlwaysAsk(), Time = time });
        session.Observe(3);
        Assert.True((await session.RefreshAsync(cloud, Cancel)).HasNewList);
        Assert.Equal([7, 9, 11], session.Recommend(10).Select(best => best.Item).Order());

        isAway = true;
        session.Observe(7);
        var outcome = await session.RefreshAsync(cloud, Cancel);
        Assert.Equal((CloudFaultKind.Busy, 60.0), (outcome.Fault!.Kind, outcome.Fault.RetryAfterSeconds));
        Assert.Equal([9, 11], session.Recommend(10).Select(best => best.Item).Order());
        Assert.False((await session.RefreshAsync(cloud, Cancel)).Asked); // before the minute is over
        time.Advance(61);
        isAway = false;
        Assert.True((await session.RefreshAsync(cloud, Cancel)).HasNewList);
        Assert.Equal(3, server.Requests.Count);
    }
}
