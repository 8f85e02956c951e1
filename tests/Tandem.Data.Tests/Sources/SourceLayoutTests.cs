using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class SourceLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_tell_the_layout()
    {
        Assert.Null(SourceLayout.Detect(_folder.Root));
        _folder.Write("u.data", "");
        _folder.Write("u.item", "");
        Assert.Null(SourceLayout.Detect(_folder.Root));
        _folder.Write("u.genre", "");
        Assert.IsType<MovieLens100kSource>(SourceLayout.Detect(_folder.Root));
        _folder.Write("sequences.txt", "");
        Assert.IsType<SequenceTextSource>(SourceLayout.Detect(_folder.Root));
    }

    [Fact]
    public void A_folder_that_does_not_exist_has_no_layout() => Assert.Null(SourceLayout.Detect(Path.Combine(_folder.Root, "none")));
}
