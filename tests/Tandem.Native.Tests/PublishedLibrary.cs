using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>The library as NativeAOT compiles it: published once for all tests that need it.</summary>
public sealed class PublishedLibrary : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _folderWithLibrary;

    public PublishedLibrary() => _folderWithLibrary = new(Publish);

    /// <summary>Folder of libtandem.so and tandem.h. Skips the running test, visibly, where the machine cannot link it.</summary>
    public string Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Tool.Exists("gcc"), "Linux and gcc are needed: apt-get install gcc zlib1g-dev");
        return _folderWithLibrary.Value;
    }

    public void Dispose() => _folder.Dispose();

    private string Publish()
    {
        // What the tests run on was built already, and may be in use: only native code is made.
        var project = Path.Combine(Repository.Root, "src", "Tandem.Native");
        Tool.Run("dotnet", "publish", project, "-c", Configuration, "--no-build", "-o", _folder["native"]).Succeeded();
        return _folder["native"];
    }
}
