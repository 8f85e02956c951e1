using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

/// <summary>What a model that is one file promises beyond <see cref="ItemScorerContract"/>.</summary>
public abstract class BaselineContract : ItemScorerContract
{
    [Fact]
    public void A_file_that_is_cut_off_is_refused_with_its_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Save(Train(), path);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, 40, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            AssertRefused(path, "");
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter { Metadata = { ["kind"] = "another", ["items"] = "3" } };
        writer.Save(folder["another"]);
        AssertRefused(folder["another"], "'another'");
        new SafetensorsWriter().Save(folder["weights"]);
        AssertRefused(folder["weights"], "no baseline");
    }

    [Theory]
    [InlineData("items", "-3")]
    [InlineData("items", "many")]
    [InlineData("items", "2147483647")]
    [InlineData("items", "9")]
    public void A_file_whose_metadata_do_not_fit_is_refused(string key, string value)
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Save(Train(), path);
        Rewrite(path, metadata => metadata[key] = value);
        AssertRefused(path, "");
    }

    [Fact]
    public void A_file_that_lacks_an_array_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Save(Train(), path);
        foreach (var name in SafetensorsFile.Load(path).Tensors.Keys)
        {
            Save(Train(), path);
            Rewrite(path, _ => { }, without: name);
            AssertRefused(path, name);
        }
    }

    /// <summary>The file with other metadata, without an array, or with another one in its place.</summary>
    private protected static void Rewrite(
        string path, Action<IDictionary<string, string>> change, string? without = null, Action<SafetensorsWriter>? add = null)
    {
        var file = SafetensorsFile.Load(path);
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        change(writer.Metadata);
        foreach (var (name, entry) in file.Tensors)
        {
            if (name == without) continue;
            if (entry.Type == TensorType.I32) writer.Add(name, entry.As<int>(), [.. entry.Shape]);
            else writer.Add(name, entry.As<float>(), [.. entry.Shape]);
        }

        add?.Invoke(writer);
        writer.Save(path);
    }

    private protected void AssertRefused(string path, string what)
    {
        var e = Assert.Throws<SafetensorsException>(() => Load(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }
}
