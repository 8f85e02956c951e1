using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Safetensors;

public class SafetensorsWriterTests
{
    [Fact]
    public void A_saved_file_replaces_the_old_one_and_leaves_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["w.safetensors"], "an older and longer file, which must not shine through " + new string('x', 500));
        var writer = new SafetensorsWriter();
        writer.Add("x", [1f, 2f], 2);
        writer.Save(folder["w.safetensors"]);

        Assert.Equal(writer.ToArray(), File.ReadAllBytes(folder["w.safetensors"]));
        Assert.Equal([1f, 2f], SafetensorsFile.Load(folder["w.safetensors"]).Get("x", 2).ToSingles());
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void A_save_that_fails_leaves_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        Assert.ThrowsAny<Exception>(() => new SafetensorsWriter().Save(folder["taken"]));
        Assert.Equal([folder["taken"]], Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void What_a_killed_writer_left_behind_is_gone_after_the_next_save()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["w.safetensors.tmp"], "half a file, and longer than the whole one " + new string('x', 500));
        var writer = new SafetensorsWriter();
        writer.Save(folder["w.safetensors"]);
        Assert.Equal(writer.ToArray(), File.ReadAllBytes(folder["w.safetensors"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void A_second_writer_of_the_same_file_is_refused_and_does_not_harm_the_first()
    {
        using var folder = new TemporaryFolder();
        using (var first = new FileStream(folder["w.safetensors.tmp"], FileMode.Create, FileAccess.Write, FileShare.None))
        {
            first.Write([1, 2, 3]);
            Assert.Throws<IOException>(() => new SafetensorsWriter().Save(folder["w.safetensors"]));
        }

        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["w.safetensors.tmp"]));
    }

    [Fact]
    public void Load_names_the_path_and_the_fault()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["torn"], [1, 2, 3]);
        var torn = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Load(folder["torn"]));
        Assert.StartsWith(folder["torn"] + ": 3 bytes are too few", torn.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Load(folder["no/such"]));
        Assert.Equal(folder["no/such"], missing.FileName);
        Assert.Contains("there is no such file", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_writer_keeps_a_copy_of_the_values()
    {
        var values = new[] { 1f, 2f };
        var writer = new SafetensorsWriter();
        writer.Add("x", values, 2);
        values[0] = 9;
        Assert.Equal([1f, 2f], RawFile.Parse(writer.ToArray()).Get("x", 2).ToSingles());
    }

    [Fact]
    public void Values_that_do_not_fill_the_shape_are_refused()
    {
        var writer = new SafetensorsWriter();
        var e = Assert.Throws<ArgumentException>(() => writer.Add("x", [1f, 2f, 3f], 2, 2));
        Assert.Contains("'x': 3 values do not fill shape [2, 2]", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1f, 2f]));
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1f, 2f], -1, -2));
        Assert.Throws<ArgumentException>(() => writer.AddBFloat16("x", [1f], int.MaxValue, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public void A_name_is_used_once_and_the_reserved_one_never()
    {
        var writer = new SafetensorsWriter();
        writer.Add("x", [1f], 1);
        var twice = Assert.Throws<ArgumentException>(() => writer.Add("x", [1], 1));
        Assert.Contains("'x' was added before", twice.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1f], 1));
    }

    [Fact]
    public void A_type_that_the_format_lacks_is_refused() =>
        Assert.Contains(
            "Decimal cannot be stored",
            Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("x", [1m], 1)).Message,
            StringComparison.Ordinal);
}
