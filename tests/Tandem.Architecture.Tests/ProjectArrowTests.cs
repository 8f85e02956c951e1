namespace Tandem.Architecture.Tests;

/// <summary>The arrows between the projects, as docs/design.md draws them.</summary>
public class ProjectArrowTests
{
    public static TheoryData<string> Libraries => [.. Product.Libraries];

    [Fact]
    public void Every_library_has_its_place_among_the_arrows()
    {
        var built = Directory.EnumerateFiles(AppContext.BaseDirectory, "Tandem.*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path));
        var own = typeof(ProjectArrowTests).Assembly.GetName().Name;
        Assert.Equal(Product.Libraries, built.Where(name => name != own).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_uses_the_libraries_of_its_arrows_and_no_other(string library) =>
        Assert.Equal(Product.Arrows[library], Product.References(library).Where(IsTandem));

    [Fact]
    public void The_command_line_uses_every_library_but_that_for_apps() =>
        Assert.Equal(
            Product.Libraries.Where(library => library != Product.Services),
            Product.References(Product.CommandLine).Where(IsTandem));

    [Fact]
    public void Only_the_encoders_stand_on_ONNX_Runtime() =>
        Assert.Equal(["Tandem.Encoders"], Product.Libraries.Append(Product.CommandLine).Append(Product.NativeLibrary)
            .Where(name => Product.References(name).Contains("Microsoft.ML.OnnxRuntime")));

    [Theory]
    [InlineData("OpenAI")]
    [InlineData("OllamaSharp")]
    public void Only_the_library_of_chat_models_brings_their_clients(string client) =>
        Assert.Equal(["Tandem.Chat"], Product.Libraries.Append(Product.CommandLine).Append(Product.NativeLibrary)
            .Where(name => Product.References(name).Contains(client)));

    [Fact]
    public void The_library_for_C_is_the_device_runtime_and_no_more() =>
        Assert.Equal(["Tandem.Device", "Tandem.Protocol"], Product.References(Product.NativeLibrary).Where(IsTandem));

    [Theory]
    [InlineData("Tandem.Protocol")]
    [InlineData("Tandem.Device")]
    [InlineData(Product.NativeLibrary)]
    public void What_runs_on_a_device_uses_the_base_library_alone(string library) =>
        Assert.DoesNotContain(
            Product.References(library),
            name => !IsTandem(name) && !name.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void Data_is_free_of_Torch() => Assert.DoesNotContain("TorchSharp", Product.References("Tandem.Data"));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void No_library_writes_to_the_console(string library) =>
        Assert.DoesNotContain(Product.References(library), name => name.EndsWith("Console", StringComparison.Ordinal));

    private static bool IsTandem(string name) => name.StartsWith("Tandem.", StringComparison.Ordinal);
}
