using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class DataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Filters_are_applied_printed_and_recorded()
    {
        _folder.Write("a.csv", "user,item,value\nu,a,5\nu,a,4\nu,b,5\nv,a,1\nw,b,5\nw,a,5\n");
        var prepared = TandemProcess.Run(
            "data", "prepare", _folder.Root, "--out", _folder["out"], "--min-value", "2", "--duplicates", "first", "--min-user-events", "2",
                "--min-item-events", "2", "--json");
        Assert.True(prepared.ExitCode == 0, prepared.Error);
        Assert.Equal((2, 2, 4, 6), (Get("users"), Get("items"), Get("interactions"), Get("rowsRead")));
        Assert.True(prepared.Json.GetProperty("rowsPerSecond").GetDouble() > 0);
        Assert.Equal("""{"minUserEvents":2,"minItemEvents":2,"minValue":2,"duplicates":"first"}""",
            prepared.Json.GetProperty("filters").GetRawText());
        Assert.Contains("read 6 rows", prepared.Error, StringComparison.Ordinal);
        var manifest = File.ReadAllText(Path.Combine(_folder["out"], "dataset.json"));
        Assert.Contains("\"minItemEvents\": 2", manifest, StringComparison.Ordinal);
        Assert.Contains("\"duplicates\": \"First\"", manifest, StringComparison.Ordinal);

        int Get(string name) => prepared.Json.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Columns_of_a_table_may_have_any_names()
    {
        _folder.Write("log.csv", "who,what,when,stars\nu,a,2000,1\nu,b,1000,5\n");
        var prepared = TandemProcess.Run(
            "data", "prepare", _folder.Root, "--out", _folder["out"], "--user-column", "who", "--item-column", "what",
            "--time-column", "when", "--value-column", "stars", "--time-unit", "milliseconds", "--min-value", "4", "--json");
        Assert.True(prepared.ExitCode == 0, prepared.Error);
        Assert.Equal(1, prepared.Json.GetProperty("interactions").GetInt32());
        Assert.True(prepared.Json.GetProperty("hasTimes").GetBoolean());

        var line = TandemProcess.Run("data", "prepare", _folder.Root, "--out", _folder["out"], "--user-column", "whom").RefusedWith();
        Assert.Contains("log.csv, line 1: no column 'whom'", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_unread_or_repeated_is_said_on_screen_and_in_json()
    {
        _folder.Write("log.csv", "user,item,timestamp,mark\nu,a,9,1\nu,a,9,2\nu,b,10,3\nu,c,11,4\n");
        var prepared = TandemProcess.Run(
            "data", "prepare", _folder.Root, "--out", _folder["out"], "--user-column", "user", "--item-column", "item", "--json");
        Assert.Equal("""["mark"]""", prepared.Json.GetProperty("unreadColumns").GetRawText());
        Assert.Equal(1, prepared.Json.GetProperty("repeatedRows").GetInt32());
        Assert.True(prepared.Json.GetProperty("hasTimes").GetBoolean());
        Assert.Contains("note: log.csv: column not read: mark; there are no ratings", prepared.Error, StringComparison.Ordinal);
        Assert.Contains("note: 1 row repeats a user, an item and a time; --duplicates first", prepared.Error, StringComparison.Ordinal);

        var trained = TandemProcess.Run("train", "popularity", "--data", _folder.Root, "--run", _folder["run"]);
        Assert.Contains("note: log.csv: column not read: mark", trained.Error, StringComparison.Ordinal);

        var refused = TandemProcess.Run("data", "prepare", _folder.Root, "--out", _folder["out"], "--min-value", "2").RefusedWith();
        Assert.Contains("name it with --value-column", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_on_a_prepared_folder_are_refused()
    {
        _folder.Write("interactions.txt", "1 2\n1 3\n");
        Assert.Equal(0, TandemProcess.Run("data", "prepare", _folder.Root, "--out", _folder["out"]).ExitCode);
        var line = TandemProcess.Run("data", "prepare", _folder["out"], "--out", _folder["again"], "--min-item-events", "5").RefusedWith();
        Assert.Contains("give the raw folder", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--min-user-events", "0", "set MinUserEvents to 1 or more")]
    [InlineData("--duplicates", "some", "--help")]
    public void A_filter_that_cannot_be_is_refused(string option, string value, string remedy)
    {
        _folder.Write("interactions.txt", "1 2\n");
        Assert.Contains(remedy, TandemProcess.Run("data", "prepare", _folder.Root, "--out", _folder["out"], option, value).RefusedWith(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_names_every_set_with_its_licence()
    {
        var list = TandemProcess.Run("data", "list", "--json").Json.GetProperty("datasets").EnumerateArray().ToArray();
        var movieLens = Assert.Single(list, set => set.GetProperty("name").GetString() == "movielens-1m");
        Assert.Equal("6 MB", movieLens.GetProperty("size").GetString());
        Assert.Contains("GroupLens", movieLens.GetProperty("licence").GetString(), StringComparison.Ordinal);
        Assert.Contains("movielens-1m", TandemProcess.Run("data", "list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_is_fetched_with_its_hash_printed_and_prepared()
    {
        // SHA-256 of these bytes by coreutils' sha256sum.
        const string text = "1 5 6 7\n2 6 5\n", hash = "8193d79d787a44f6f7139a49c91f346b7813f953fffff7c54fd7104e391cd99f";
        using var listener = new HttpListener();
        var mirror = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(mirror);
        listener.Start();
        var answer = listener.GetContextAsync();
        var fetching = Task.Run(() => TandemProcess.Run("data", "get", "s3rec-beauty", "--out", _folder["beauty"], "--mirror", mirror),
            TestContext.Current.CancellationToken);
        var context = await answer;
        Assert.Equal("/Beauty.txt", context.Request.Url!.AbsolutePath);
        context.Response.Close(Encoding.UTF8.GetBytes(text), willBlock: true);
        var fetched = await fetching;
        Assert.True(fetched.ExitCode == 0, fetched.Error);
        Assert.Contains(
            $"sequences.txt: SHA-256 {hash}; no checksum is published: trusted on first use", fetched.Output, StringComparison.Ordinal);
        Assert.Contains("research use", fetched.Error, StringComparison.Ordinal);
        Assert.Contains(hash, File.ReadAllText(Path.Combine(_folder["beauty"], "fetched.json")), StringComparison.Ordinal);

        var prepared = TandemProcess.Run("data", "prepare", _folder["beauty"], "--out", _folder["out"], "--json");
        Assert.Equal(5, prepared.Json.GetProperty("interactions").GetInt32());
    }

    [Theory]
    [InlineData("movielens", "movielens-100k")]
    [InlineData("movielens-1m", "http", "--mirror", "ftp://example.org")]
    public void A_name_or_a_mirror_that_cannot_be_is_refused(string name, string remedy, params string[] options) =>
        Assert.Contains(remedy, TandemProcess.Run(["data", "get", name, .. options]).RefusedWith(), StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
