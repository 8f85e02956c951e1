namespace Tandem.Architecture.Tests;

public class TypeTests
{
    private static readonly string[] _emptyNames = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl"];

    public static TheoryData<string> Libraries => [.. Assemblies.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    [InlineData("tandem")] // Tandem.Cli, by the name of its program
    public void No_type_has_a_name_that_says_nothing(string project) =>
        Assert.All(
            Assemblies.TypesOf(project),
            type => Assert.DoesNotContain(_emptyNames, end => type.Name.EndsWith(end, StringComparison.Ordinal)));

    [Theory]
    [InlineData("Tandem.Protocol")]
    [InlineData("Tandem.Device")]
    public void No_public_class_of_the_device_side_can_be_derived_from(string project)
    {
        var open = Assemblies.TypesOf(project).Where(type => type is { IsVisible: true, IsClass: true, IsSealed: false });
        Assert.Empty(open);
    }
}
