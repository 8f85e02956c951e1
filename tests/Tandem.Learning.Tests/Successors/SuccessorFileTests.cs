using Tandem.Data;
using Tandem.Learning.Successors;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Successors;

public sealed class SuccessorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CountedSuccessors Counted { get; } = new(
        SuccessorCounting.Count(new(), TrainingSequences.Of(5, [1, 2, 3, 4], [2, 4, 5])),
        new() { Recent = 7, RecencyDecay = 0.25, Shares = true, Weight = 1.1, Offset = 0.003 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_saved_comes_back()
    {
        var path = _folder["successors.safetensors"];
        SuccessorFile.Save(path, Counted);
        var loaded = SuccessorFile.Load(path, 5);
        Assert.Equal(Counted.Join, loaded.Join);
        Assert.Equal(Bytes(Counted), Bytes(loaded));
    }

    [Fact]
    public void Counts_of_another_catalogue_are_refused_by_path()
    {
        var path = _folder["successors.safetensors"];
        SuccessorFile.Save(path, Counted);
        Assert.StartsWith(path, Assert.Throws<SafetensorsException>(() => SuccessorFile.Load(path, 6)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("{\"Recent\":0,\"RecencyDecay\":0.5,\"Shares\":true,\"Weight\":1,\"Offset\":1}")]
    [InlineData("{\"Recent\":5,\"RecencyDecay\":0.5,\"Shares\":true,\"Weight\":-1,\"Offset\":1}")]
    public void A_way_of_joining_that_cannot_be_used_is_refused(string join)
    {
        var writer = new SafetensorsWriter { Metadata = { ["kind"] = "successors", ["items"] = "5", ["options"] = join } };
        Counted.Table.Write(writer);
        writer.Save(_folder["bad"]);
        Assert.Contains("the options cannot be used",
            Assert.Throws<SafetensorsException>(() => SuccessorFile.Load(_folder["bad"], 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kind_of_file_is_refused()
    {
        new SafetensorsWriter().Save(_folder["empty"]);
        Assert.Throws<SafetensorsException>(() => SuccessorFile.Load(_folder["empty"], 5));
        Assert.Throws<FileNotFoundException>(() => SuccessorFile.Load(_folder["absent"], 5));
    }

    private static byte[] Bytes(CountedSuccessors counted)
    {
        var writer = new SafetensorsWriter();
        counted.Table.Write(writer);
        return writer.ToArray();
    }
}
