using System.Text.Json;
using CsCheck;
using Tandem.Device;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>The cloud through a program's own HTTP.</summary>
public sealed class CloudTests : IDisposable
{
    private static readonly int[] _listed = [9, 3, 27];

    private readonly TemporaryFolder _folder = new();
    private readonly Service _service = new();
    private readonly ulong _session;

    public CloudTests()
    {
        _session = Library.Open(SmallBundle.Write(_folder["bundle"]));
        Library.Observe(_session, 5, unixSeconds: 100);
        Library.Observe(_session, 17, unixSeconds: 101);
        _service.Answer = (_, _) => List(_listed, [-1, -2, -3]);
    }

    public void Dispose()
    {
        Library.Close(_session);
        _folder.Dispose();
    }

    [Fact]
    public void A_list_is_asked_for_with_the_history_and_ranks_with_the_device()
    {
        Assert.Equal(new(Status.Ok, ""), _service.Refresh(_session));
        var (path, body) = Assert.Single(_service.Posted);
        Assert.Equal("/v1/candidates", path);
        var request = JsonSerializer.Deserialize(body, MessageJson.Default.CandidateRequest)!;
        Assert.Equal((SmallBundle.Catalog, 2), (request.CatalogVersion, request.History.Count));
        Assert.Equal([5, 17], request.History);
        Assert.Equal([100, 101], request.Times!);

        var same = Library.Open(_folder["bundle"]);
        Library.Observe(same, 5, unixSeconds: 100);
        Library.Observe(same, 17, unixSeconds: 101);
        Assert.Equal(Status.Ok, Library.AcceptList(same, _listed, [-1, -2, -3], historyLength: 2).Status);
        Assert.Equal(Library.Best(same, 10), Library.Best(_session, 10));
        Assert.Equal(_listed.Order(), Library.Best(_session, 10).Order());
        Library.Close(same);
    }

    [Fact]
    public void Nothing_is_asked_where_the_rules_see_no_use_in_it()
    {
        _service.Refresh(_session);
        Assert.Equal(Status.Nothing, _service.Refresh(_session).Status);
        Assert.Single(_service.Posted);
    }

    [Fact]
    public void Without_an_answer_the_device_ranks_alone_and_asks_again()
    {
        var alone = Library.Best(_session, 10);
        _service.Status = 0;
        var answer = _service.Refresh(_session);
        Assert.Equal(Status.Unanswered, answer.Status);
        Assert.Contains("no answer from the cloud", answer.Error, StringComparison.Ordinal);
        Assert.Equal(alone, Library.Best(_session, 10));
        _service.Status = 200;
        Assert.Equal(Status.Ok, _service.Refresh(_session).Status);
    }

    [Fact]
    public void A_wish_to_wait_is_kept_to_whether_it_is_in_the_header_or_in_the_body()
    {
        (_service.Status, _service.RetryAfter, _service.Answer) = (503, 30, (_, _) => "<html>"u8.ToArray());
        Assert.Contains("busy", _service.Refresh(_session).Error, StringComparison.Ordinal);
        var waiting = _service.Refresh(_session);
        Assert.Equal(Status.Nothing, waiting.Status);
        Assert.Contains("asked to wait 30 s", waiting.Error, StringComparison.Ordinal);
        Assert.Single(_service.Posted);

        var another = Library.Open(_folder["bundle"]);
        (_service.Status, _service.RetryAfter) = (401, 0);
        _service.Answer = (_, _) => """{"detail":"the key is unknown","kind":"denied","retryAfterSeconds":7}"""u8.ToArray();
        Assert.Contains("denied: the key is unknown", _service.Refresh(another).Error, StringComparison.Ordinal);
        Assert.Contains("wait 7 s", _service.Refresh(another).Error, StringComparison.Ordinal);
        Library.Close(another);
    }

    [Theory]
    [InlineData(6, -1f, -2f, true, "said to know 6 events, there were 5")]
    [InlineData(5, -2f, -1f, false, "score -1 at place 1 is above -2")]
    [InlineData(1, -1f, -2f, true, "it came too late")]
    public void A_list_that_lies_is_refused_and_the_last_good_one_serves(
        int history, float first, float second, bool isList, string reason)
    {
        Assert.Equal(Status.Ok, _service.Refresh(_session).Status);
        foreach (var item in _listed) Library.Observe(_session, item); // used up, so that another is wanted
        var before = Library.Best(_session, 10);
        _service.Answer = (_, _) => List([1, 2], [first, second], history);
        var answer = _service.Refresh(_session);
        Assert.Equal(isList ? Status.Refused : Status.Unanswered, answer.Status);
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
        Assert.Equal(before, Library.Best(_session, 10));
    }

    [Fact]
    public void Bytes_from_a_hostile_service_are_an_answer_and_never_a_crash()
    {
        var before = Library.Best(_session, 10);
        var list = List(_listed, [-1, -2, -3]);
        Gen.Select(Gen.Int[0, list.Length - 1], Gen.Byte, Gen.Int[0, list.Length]).Sample(
            change =>
            {
                var torn = list.ToArray();
                torn[change.Item1] ^= change.Item2;
                _service.Answer = (_, _) => torn[..change.Item3];
                var session = Library.Open(_folder["bundle"]);
                var status = _service.Refresh(session).Status;
                Library.Close(session);
                return status is Status.Ok or Status.Refused or Status.Unanswered;
            },
            iter: 300);
        _service.Answer = (_, _) => "null"u8.ToArray();
        Assert.Equal(Status.Unanswered, _service.Refresh(_session).Status);
        Assert.Equal(before, Library.Best(_session, 10));
    }

    [Fact]
    public void Sizes_that_no_answer_has_are_refused()
    {
        _service.Size = -1;
        Assert.Contains("reply.size -1", _service.Refresh(_session).Error, StringComparison.Ordinal);
        (_service.Size, _service.Answer) = (null, (_, _) => new byte[4_000_001]);
        Assert.Contains("more than 4000000 bytes", _service.Refresh(_session).Error, StringComparison.Ordinal);
        Assert.Equal(new(Status.BadArgument, "post is NULL"), Service.RefreshNowhere(_session));
    }

    [Fact]
    public void Events_wait_without_a_service_and_count_once_with_one()
    {
        Assert.Equal(new(Status.Nothing, "the session has no outbox; open one"), _service.SendEvents(_session, out _));
        Assert.Equal(Status.Ok, Library.OpenOutbox(_session, _folder["outbox"]).Status);
        Assert.Equal(Status.BadArgument, Library.OpenOutbox(_session, _folder["outbox"]).Status);
        Library.Observe(_session, 3, unixSeconds: 102);
        Library.ObserveValue(_session, 9, value: 0.5f, unixSeconds: 103);
        _service.Status = 0;
        Assert.Equal(Status.Unanswered, _service.SendEvents(_session, out var left).Status);
        Assert.Equal(2, left);
        (_service.Status, _service.Answer) = (200, (_, _) => """{"added":1,"known":0}"""u8.ToArray());
        Assert.Contains("receipt is refused", _service.SendEvents(_session, out left).Error, StringComparison.Ordinal);
        Assert.Equal(2, left);
        Assert.Equal(Status.Ok, Library.Close(_session).Status);

        Assert.Equal(Status.Ok, Library.Open(_folder["bundle"], out var again).Status);
        Assert.Equal(Status.Ok, Library.OpenOutbox(again, _folder["outbox"]).Status);
        _service.Answer = (_, _) => """{"added":0,"known":2}"""u8.ToArray();
        Assert.Equal(new(Status.Ok, ""), _service.SendEvents(again, out left));
        Assert.Equal(0, left);
        Library.Close(again);

        Assert.All(_service.Posted, posted => Assert.Equal("/v1/events", posted.Path));
        var batches = _service.Posted.Select(posted => JsonSerializer.Deserialize(posted.Body, MessageJson.Default.EventBatch)!).ToArray();
        Assert.Equal(3, batches.Length);
        Assert.All(batches, batch => Assert.Equal(batches[0].Events, batch.Events)); // under the same ids
        Assert.Equal([(3, 102L, 1f), (9, 103L, 0.5f)], batches[0].Events.Select(e => (e.Item, e.Time, e.Value)));
    }

    [Fact]
    public void An_outbox_of_another_catalogue_is_refused_and_one_has_it_at_a_time()
    {
        Assert.Equal(Status.Ok, Library.OpenOutbox(_session, _folder["outbox"]).Status);
        var another = Library.Open(_folder["bundle"]);
        Assert.Equal(Status.Refused, Library.OpenOutbox(another, _folder["outbox"]).Status);
        Assert.Equal(new(Status.BadArgument, "file is NULL"), Library.OpenOutbox(another, null));
        Library.Close(another);
        Assert.True(EventOutbox.TryOpen(_folder["foreign"], "another", new(), out var foreign, out _));
        foreign.Dispose();
        var third = Library.Open(_folder["bundle"]);
        Assert.Equal(Status.Refused, Library.OpenOutbox(third, _folder["foreign"]).Status);
        Library.Close(third);
    }

    private static byte[] List(int[] items, float[] scores, int history = 2) => JsonSerializer.SerializeToUtf8Bytes(
        new CandidateList
        {
            CatalogVersion = SmallBundle.Catalog,
            ModelVersion = "cloud",
            HistoryLength = history,
            Items = items,
            Scores = scores,
        },
        MessageJson.Default.CandidateList);
}
