using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Protocol.Messages;

namespace Tandem.Protocol.Tests.Messages;

public class MessageJsonTests
{
    [Fact]
    public void A_request_comes_back_from_JSON()
    {
        var request = new CandidateRequest { CatalogVersion = "c1", History = [4, 2, 9], Count = 250 };
        var json = JsonSerializer.Serialize(request, MessageJson.Default.CandidateRequest);
        Assert.Equal("""{"catalogVersion":"c1","history":[4,2,9],"count":250}""", json);
        var read = JsonSerializer.Deserialize(json, MessageJson.Default.CandidateRequest)!;
        Assert.Equal([4, 2, 9], read.History);
        Assert.Equal(request with { History = read.History }, read);
    }

    [Fact]
    public void A_list_comes_back_from_JSON_with_every_bit_of_its_scores()
    {
        float[] scores = [-0.1f, -1f / 3f, -float.Epsilon * 3, -12345.678f];
        var list = new CandidateList
        {
            CatalogVersion = "c1",
            ModelVersion = "m1",
            HistoryLength = 3,
            Items = [1, 2, 3, 4],
            Scores = scores,
        };
        var json = JsonSerializer.Serialize(list, MessageJson.Default.CandidateList);
        var read = JsonSerializer.Deserialize(json, MessageJson.Default.CandidateList)!;
        Assert.Equal(scores, read.Scores);
        Assert.Equal([1, 2, 3, 4], read.Items);
        Assert.Equal(list with { Items = read.Items, Scores = read.Scores }, read);
    }

    [Fact]
    public void A_request_for_a_slice_names_the_model_whose_rows_are_wanted()
    {
        var request = new CandidateRequest { CatalogVersion = "c1", History = [4], Count = 2, SliceOfModel = "m7" };
        var json = JsonSerializer.Serialize(request, MessageJson.Default.CandidateRequest);
        Assert.Equal("""{"catalogVersion":"c1","history":[4],"count":2,"sliceOfModel":"m7"}""", json);
        Assert.Equal("m7", JsonSerializer.Deserialize(json, MessageJson.Default.CandidateRequest)!.SliceOfModel);
    }

    [Fact]
    public void A_request_carries_times_values_and_the_wish_for_seen_items_where_there_are_any()
    {
        var request = new CandidateRequest
        {
            CatalogVersion = "c1",
            History = [4, 2],
            Times = [60, 61],
            Values = [1, 0.5f],
            Count = 2,
            IncludeSeen = true,
        };
        var json = JsonSerializer.Serialize(request, MessageJson.Default.CandidateRequest);
        Assert.Equal("""{"catalogVersion":"c1","history":[4,2],"times":[60,61],"values":[1,0.5],"count":2,"includeSeen":true}""", json);
        var read = JsonSerializer.Deserialize(json, MessageJson.Default.CandidateRequest)!;
        Assert.Equal(request with { History = read.History, Times = read.Times, Values = read.Values }, read);
        Assert.Equal([60, 61], read.Times!);
        Assert.Equal([1, 0.5f], read.Values!);
    }

    [Fact]
    public void Every_other_message_comes_back_from_JSON()
    {
        Assert.Equal(
            """{"catalogVersion":"c1","modelVersion":"m1","history":[1]}""",
            Again(new ParameterRequest { CatalogVersion = "c1", ModelVersion = "m1", History = [1] },
                MessageJson.Default.ParameterRequest));
        Assert.Equal("""{"packet":"AQL6"}""", Again(new ParameterAnswer { Packet = [1, 2, 250] }, MessageJson.Default.ParameterAnswer));
        Assert.Equal("""{"name":"b","knownVersion":"v"}""", Again(
            new BundleRequest { Name = "b", KnownVersion = "v" }, MessageJson.Default.BundleRequest));
        var files = new Dictionary<string, byte[]> { ["f"] = [9] };
        Assert.Equal(
            """{"version":"v","manifest":"AQ==","files":{"f":"CQ=="}}""",
            Again(new BundleAnswer { Version = "v", Manifest = [1], Files = files }, MessageJson.Default.BundleAnswer));
        Assert.Equal(
            """{"catalogVersion":"c1","events":[{"id":"a","item":3,"time":60,"value":1}]}""",
            Again(new EventBatch { CatalogVersion = "c1", Events = [new() { Id = "a", Item = 3, Time = 60 }] },
                MessageJson.Default.EventBatch));
        Assert.Equal("""{"added":2,"known":1}""", Again(new EventReceipt { Added = 2, Known = 1 }, MessageJson.Default.EventReceipt));
    }

    [Fact]
    public void A_slice_travels_in_the_list_as_base64()
    {
        var list = ListOf(slice: [1, 2, 250]);
        var json = JsonSerializer.Serialize(list, MessageJson.Default.CandidateList);
        Assert.Contains("\"slice\":\"AQL6\"", json, StringComparison.Ordinal);
        Assert.Equal([1, 2, 250], JsonSerializer.Deserialize(json, MessageJson.Default.CandidateList)!.Slice);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"slice\":null")]
    public void A_list_without_a_slice_is_whole(string member)
    {
        var json = JsonSerializer.Serialize(ListOf(slice: null), MessageJson.Default.CandidateList);
        Assert.DoesNotContain("slice", json, StringComparison.Ordinal);
        Assert.Null(JsonSerializer.Deserialize($"{json[..^1]}{member}}}", MessageJson.Default.CandidateList)!.Slice);
    }

    [Fact]
    public void A_slice_that_is_no_base64_is_refused_by_name()
    {
        var json = JsonSerializer.Serialize(ListOf(slice: [1]), MessageJson.Default.CandidateList);
        var bad = json.Replace("AQ==", "A!", StringComparison.Ordinal);
        var e = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(bad, MessageJson.Default.CandidateList));
        Assert.Contains("slice", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"catalogVersion":"c1","history":[1]}""", "count")]
    [InlineData("""{"catalogVersion":"c1","count":1}""", "history")]
    [InlineData("""{"catalogVersion":null,"history":[1],"count":1}""", "catalogVersion")]
    [InlineData("""{"catalogVersion":"c1","history":null,"count":1}""", "history")]
    [InlineData("""{"catalogVersion":"c1","history":[1],"count":1,"count":2}""", "count")]
    public void A_missing_null_or_repeated_member_is_refused_by_name(string json, string member)
    {
        var e = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, MessageJson.Default.CandidateRequest));
        Assert.Contains(member, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_of_a_later_version_are_skipped() =>
        Assert.Equal(
            1,
            JsonSerializer.Deserialize(
                """{"catalogVersion":"c1","history":[],"count":1,"budget":{}}""", MessageJson.Default.CandidateRequest)!.Count);

    /// <summary>The JSON of what was read from the JSON.</summary>
    private static string Again<T>(T message, JsonTypeInfo<T> type) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize(JsonSerializer.Serialize(message, type), type)!, type);

    private static CandidateList ListOf(byte[]? slice) =>
        new() { CatalogVersion = "c1", ModelVersion = "m1", HistoryLength = 3, Items = [1], Scores = [-1], Slice = slice };
}
