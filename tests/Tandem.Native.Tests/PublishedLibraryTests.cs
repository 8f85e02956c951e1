using System.Globalization;
using Tandem.Device;
using Tandem.Tests;

namespace Tandem.Native.Tests;

public sealed class PublishedLibraryTests(PublishedLibrary library) : IClassFixture<PublishedLibrary>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_library_exports_what_the_header_declares_and_nothing_else_of_ours()
    {
        var symbols = Tool.Run("nm", "-D", "--defined-only", Path.Combine(library.Require(), "libtandem.so")).Succeeded().Output;
        var exported = symbols.Split('\n').Select(line => line.Split(' ', '@'))
            .Where(words => words.Length > 2 && words[1] == "T").Select(words => words[2]);
        Assert.Equal(HeaderTests.Functions, exported.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_sample_in_C_prints_the_ranking_of_the_device_runtime(bool counts)
    {
        var (sample, bundle) = (Compile(), SmallBundle.Write(_folder["bundle"], counts: counts));
        var lines = Tool.Run(sample, bundle, "5", "17", "30").Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();

        var session = new DeviceSession(DeviceModel.Open(bundle), new());
        foreach (var item in new[] { 5, 17, 30 }) session.Observe(item);
        var best = session.Recommend(10);
        Assert.Equal(best.Select(r => $"{r.Item}"), lines.Select(words => words[0]));
        for (var i = 0; i < best.Length; i++) AssertClose(best[i].Score, lines[i][1]);
        Assert.All(lines, words => Assert.Equal(2, words.Length));
    }

    [Fact]
    public void The_sample_in_C_takes_and_prints_keys_where_the_bundle_holds_them()
    {
        string[] keys = [.. Enumerable.Range(1, SmallBundle.Items).Select(item => $"ключ-{item}")];
        var (sample, bundle) = (Compile(), SmallBundle.Write(_folder["bundle"], keys: keys));
        var lines = Tool.Run(sample, bundle, "ключ-5", "ключ-17").Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();

        var session = new DeviceSession(DeviceModel.Open(bundle), new());
        foreach (var item in new[] { 5, 17 }) session.Observe(item);
        Assert.Equal(
            session.Recommend(10).Select(best => $"{best.Item} {keys[best.Item - 1]}"), lines.Select(words => $"{words[0]} {words[2]}"));

        var unknown = Tool.Run(sample, bundle, "5");
        Assert.Equal((2, "error: no item of this bundle has the key '5'\n"), (unknown.ExitCode, unknown.Error));
    }

    [Fact]
    public void The_sample_in_C_says_what_is_wrong()
    {
        var run = Tool.Run(Compile(), _folder["nowhere"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal($"error: {_folder["nowhere"]}: there is no manifest.json: not a bundle, or not wholly copied\n", run.Error);
    }

    private static void AssertClose(float score, string printed) =>
        Close.Number(score, float.Parse(printed, CultureInfo.InvariantCulture), tolerance: 2e-5);

    private string Compile()
    {
        var native = library.Require();
        var source = Path.Combine(Repository.Root, "samples", "c", "main.c");
        var program = _folder["tandem-c"];
        Tool.Run(
            "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", native, source, "-o", program,
            Path.Combine(native, "libtandem.so"), $"-Wl,-rpath,{native}").Succeeded();
        return program;
    }
}
