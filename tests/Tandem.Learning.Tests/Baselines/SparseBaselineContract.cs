using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

/// <summary>What a model of sparse rows promises of its file beyond <see cref="BaselineContract"/>.</summary>
public abstract class SparseBaselineContract : BaselineContract
{
    private const string Path = "model.safetensors";

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(2, int.MaxValue)]
    public void Rows_that_do_not_follow_each_other_are_refused(int row, int end) =>
        AssertRefusedWith<int>("row_ends", ends => ends[row] = end, "entry");

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_entry_that_names_no_item_is_refused(int item) =>
        AssertRefusedWith<int>("items", items => items[^1] = item, "names an item");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused(float value) =>
        AssertRefusedWith<float>("values", values => values[0] = value, "finite");

    [Theory]
    [InlineData("{}", false)]
    [InlineData("{", true)]
    [InlineData("null", true)]
    [InlineData("""{"RecencyDecay":7}""", true)]
    public void Options_that_cannot_be_used_are_refused(string json, bool refused)
    {
        using var folder = new TemporaryFolder();
        Save(Train(), folder[Path]);
        Rewrite(folder[Path], metadata => metadata["options"] = json);
        if (refused) AssertRefused(folder[Path], "options");
        else Assert.NotNull(Load(folder[Path]));
    }

    private void AssertRefusedWith<T>(string array, Action<T[]> damage, string what)
        where T : unmanaged
    {
        using var folder = new TemporaryFolder();
        Save(Train(), folder[Path]);
        var values = Protocol.Safetensors.SafetensorsFile.Load(folder[Path]).Tensors[array].As<T>().ToArray();
        damage(values);
        Rewrite(folder[Path], _ => { }, without: array, writer => writer.Add<T>(array, values, values.Length));
        AssertRefused(folder[Path], what);
    }
}
