using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>One model in memory, many sessions.</summary>
public sealed class ModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;

    public ModelTests() => _bundle = SmallBundle.Write(_folder["bundle"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sessions_of_one_model_are_users_of_their_own()
    {
        var (model, alone) = (Library.LoadModel(_bundle), Library.Open(_bundle));
        var (first, second) = (Open(model), Open(model));
        Library.Observe(first, 3);
        Library.Observe(second, 9);
        Library.Observe(alone, 3);
        Assert.Equal(Library.Best(alone, 10), Library.Best(first, 10));
        Assert.NotEqual(Library.Best(first, 10), Library.Best(second, 10));
    }

    [Fact]
    public void A_session_goes_on_after_its_model_was_freed_and_no_new_one_begins()
    {
        var model = Library.LoadModel(_bundle);
        var session = Open(model);
        var before = Library.Best(session, 10);
        Assert.Equal(Status.Ok, Library.FreeModel(model).Status);
        Assert.Equal(before, Library.Best(session, 10));
        Assert.Equal((Status.BadHandle, 0UL), (Library.OpenModel(model, out var none).Status, none));
        Assert.Equal(Status.BadHandle, Library.FreeModel(model).Status);
    }

    [Fact]
    public void A_models_handle_is_no_sessions_and_the_other_way_round()
    {
        var model = Library.LoadModel(_bundle);
        var session = Open(model);
        Assert.NotEqual(model, session);
        Assert.Equal(Status.BadHandle, Library.Observe(model, 1).Status);
        Assert.Equal(Status.BadHandle, Library.FreeModel(session).Status);
    }

    [Fact]
    public void A_folder_that_is_no_bundle_is_no_model()
    {
        var answer = Library.LoadModel(_folder["nowhere"], out var model);
        Assert.Equal((Status.Refused, 0UL), (answer.Status, model));
        Assert.Contains("manifest.json", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sessions_settings_count_with_a_shared_model_too()
    {
        var settings = new SessionSettings { Size = 16, CloudShare = 1, HistoryLimit = 7 };
        Assert.Equal(Status.Ok, Library.OpenModel(Library.LoadModel(_bundle), out var session, settings).Status);
        for (var i = 1; i <= 9; i++) Library.Observe(session, i);
        Assert.Equal((9, 7), (Library.GetInfo(session).EventCount, Library.GetInfo(session).KeptEvents));
    }

    [Fact]
    public void A_logged_session_of_a_shared_model_comes_back_with_its_events()
    {
        var model = Library.LoadModel(_bundle);
        Assert.Equal(Status.Ok, Library.OpenModelLogged(model, _folder["log"], out var session).Status);
        Library.Observe(session, 3);
        var before = Library.Best(session, 10);
        Assert.Equal(Status.Refused, Library.OpenModelLogged(model, _folder["log"], out _).Status); // one session at a time has the file
        Assert.Equal(Status.Ok, Library.Close(session).Status);
        Assert.Equal(Status.Ok, Library.OpenModelLogged(model, _folder["log"], out var again).Status);
        Assert.Equal(before, Library.Best(again, 10));
        Library.Close(again);
    }

    [Fact]
    public void A_loaded_model_takes_over_where_its_catalogue_is_the_same()
    {
        var other = SmallBundle.Write(_folder["other"], seed: 2);
        var foreign = Library.LoadModel(SmallBundle.Write(_folder["foreign"], catalog: "catalogue-b"));
        var (session, expected) = (Library.Open(_bundle), Library.Open(other));
        Assert.Equal(Status.Refused, Library.SwapModel(session, foreign).Status);
        Assert.Equal(Status.BadHandle, Library.SwapModel(session, session).Status);
        Assert.Equal(Status.Ok, Library.SwapModel(session, Library.LoadModel(other)).Status);
        Assert.Equal(Library.Best(expected, 10), Library.Best(session, 10));
    }

    private static ulong Open(ulong model)
    {
        var answer = Library.OpenModel(model, out var session);
        Assert.True(answer.Status == Status.Ok, answer.Error);
        return session;
    }
}
