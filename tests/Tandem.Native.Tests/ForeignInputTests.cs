using CsCheck;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>What a caller gets wrong is an answer, never an exception and never a crash.</summary>
public sealed class ForeignInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ulong _session;

    public ForeignInputTests() => _session = Library.Open(SmallBundle.Write(_folder["bundle"]));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_closed_handle_is_told_from_an_open_one()
    {
        Assert.Equal(Status.Ok, Library.Close(_session).Status);
        AssertUnknown(_session);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x7fff_dead_beef)]
    public void A_garbage_handle_is_refused_by_every_function(ulong handle) => AssertUnknown(handle);

    [Fact]
    public void Missing_pointers_are_named()
    {
        AssertBad("bundle is NULL", Library.Open(null, out _));
        AssertBad("bundle is NULL", Library.Swap(_session, null));
        AssertBad("items is NULL", Library.Recommend(_session, null, out _, k: 5));
        AssertBad("excluded is NULL", Library.Recommend(_session, new RankedItem[1], out _, excludedCount: 3));
        AssertBad("items is NULL", Library.AcceptList(_session, null, [1], count: 1));
        AssertBad("scores is NULL", Library.AcceptList(_session, [1], null, count: 1));
        AssertBad("catalog_version is NULL", Library.AcceptList(_session, [1], [1], catalog: null));
        AssertBad("log is NULL", Library.OpenLogged(_folder["bundle"], null, out _));
        AssertBad("model_version is NULL", Library.AcceptList(_session, [1], [1], model: null));
        AssertBad("bundle is NULL", Library.LoadModel(null, out _));
        AssertBad("log is NULL", Library.OpenModelLogged(Library.LoadModel(_folder["bundle"]), null, out _));
        AssertBad("info is NULL", Library.GetInfo(_session, null));
    }

    [Fact]
    public void Numbers_out_of_range_are_named()
    {
        AssertBad("k is -1", Library.Recommend(_session, [], out _, k: -1));
        AssertBad("mode is 4", Library.Recommend(_session, [], out _, mode: 4));
        AssertBad("excluded is -2", Library.Recommend(_session, [], out _, excludedCount: -2));
        AssertBad("items is -1", Library.AcceptList(_session, [], [], count: -1));
        AssertBad("from 1 to 40", Library.Observe(_session, 0));
        AssertBad("from 1 to 40", Library.Observe(_session, 41));
        AssertBad("from 1 to 40", Library.ObserveValue(_session, 41, value: 1));
        AssertBad("value is NaN", Library.ObserveValue(_session, 1, float.NaN));
        AssertBad("value is 70000, expected -65504 to 65504", Library.ObserveValue(_session, 1, 70_000));
        AssertBad("bundle has no bytes", Library.Open("", out _));
        AssertBad("bundle has no end", Library.Open(new string('a', 1 << 16), out _));
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        var good = new SessionSettings { Size = 16, CloudShare = 0.5f, HistoryLimit = 1_000 };
        var bundle = _folder["bundle"];
        AssertBad("options.size is 0", Library.Open(bundle, out _, new()));
        AssertBad("cloud_share", Library.Open(bundle, out _, good with { CloudShare = float.NaN }));
        AssertBad("cloud_share", Library.Open(bundle, out _, good with { CloudShare = 1.5f }));
        AssertBad("history_limit", Library.Open(bundle, out _, good with { HistoryLimit = 0 }));
        AssertBad("history_limit", Library.Open(bundle, out _, good with { HistoryLimit = int.MaxValue }));
    }

    [Fact]
    public void A_wish_for_more_items_than_there_are_needs_no_more_memory()
    {
        var items = new RankedItem[SmallBundle.Items];
        Assert.Equal(Status.Ok, Library.Recommend(_session, items, out var count, k: int.MaxValue).Status);
        Assert.Equal(SmallBundle.Items, count);
    }

    [Fact]
    public void Whatever_the_numbers_a_call_answers_with_a_status_and_a_reason()
    {
        var handle = Gen.OneOf(Gen.Const(_session), Gen.Const(_session), Gen.ULong);
        var call = Gen.Select(
            Gen.Int[0, 5], handle, Gen.OneOf(Gen.Int[0, 41], Gen.Int), Gen.Int[-2, 6], Gen.Int[1, 41].Array[0, 6], Gen.Float.Array[0, 6]);
        call.Sample((function, session, item, mode, items, scores) =>
        {
            var answer = function switch
            {
                0 => Library.Observe(session, item),
                1 => Library.Undo(session),
                4 => Library.ObserveValue(session, item, scores.FirstOrDefault(), item),
                2 => Library.Recommend(session, new RankedItem[5], out _, mode, items),
                3 => Library.AcceptList(session, items, scores, Math.Min(items.Length, scores.Length), historyLength: item),
                _ => Library.Swap(session, $"{item}"),
            };
            return Enum.IsDefined(answer.Status) && answer.Status != Status.Failed
                && answer.Error.Length == 0 == (answer.Status == Status.Ok);
        }, threads: 1);
    }

    private static byte[] SizedInfo()
    {
        var info = new byte[SessionInfo.LeastSize];
        info[0] = (byte)info.Length;
        return info;
    }

    private static void AssertBad(string reason, Library.Answer answer)
    {
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
        Assert.Equal(Status.BadArgument, answer.Status);
    }

    private static void AssertUnknown(ulong handle)
    {
        Library.Answer[] answers =
        [
            Library.Close(handle),
            Library.Observe(handle, 1),
            Library.ObserveValue(handle, 1, value: 1),
            Library.Undo(handle),
            Library.Recommend(handle, new RankedItem[1], out _),
            Library.AcceptList(handle, [1], [1]),
            Library.Swap(handle, "x"),
            Library.Explain(handle, 1, out _),
            Library.ExplainSized(handle, 1, new byte[100]),
            Library.Snapshot(handle, null, out _),
            Library.Restore(handle, [1]),
            Library.Apply(handle, [1]),
            Library.DropParameters(handle),
            Library.Learn(handle),
            Library.Unlearn(handle),
            Library.GetInfo(handle, SizedInfo()),
            Library.CatalogVersion(handle, null, out _),
            Library.ModelVersion(handle, null, out _),
            Library.SwapModel(handle, 0),
            Library.FreeModel(handle),
            Library.FindItem(handle, "key", out _),
            Library.ItemKey(handle, 1, null, out _),
            Library.OpenModel(handle, out _),
            Library.OpenModelLogged(handle, "log", out _),
            Library.OpenOutbox(handle, "outbox"),
            new Service().Refresh(handle),
            new Service().SendEvents(handle, out _),
        ];
        Assert.All(answers, answer =>
        {
            Assert.Equal(Status.BadHandle, answer.Status);
            Assert.Contains($"{handle}", answer.Error, StringComparison.Ordinal);
        });
    }
}
