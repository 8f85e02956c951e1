namespace Tandem.Architecture.Tests;

/// <summary>A project is a dependency boundary: what each may refer to, as the design says.</summary>
public class ProjectArrowTests
{
    [Theory]
    [InlineData("Tandem.Protocol")]
    [InlineData("Tandem.Device", "Tandem.Protocol")]
    [InlineData("Tandem.Data")]
    [InlineData("Tandem.Learning", "Tandem.Data", "Tandem.Protocol")]
    [InlineData("Tandem.Simulation", "Tandem.Data", "Tandem.Device", "Tandem.Learning", "Tandem.Protocol")]
    public void A_project_refers_to_these_of_Tandem_and_no_other(string project, params string[] expected) =>
        Assert.Equal(expected, References(project, "Tandem.").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Tandem.Protocol")]
    [InlineData("Tandem.Device")]
    public void What_runs_on_the_device_refers_to_the_base_library_alone(string project) =>
        Assert.All(
            Assemblies.ReferencesOf(project).Where(name => !name.StartsWith("Tandem.", StringComparison.Ordinal)),
            name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Theory]
    [InlineData("Tandem.Protocol", "TorchSharp")]
    [InlineData("Tandem.Protocol", "Microsoft.AspNetCore")]
    [InlineData("Tandem.Protocol", "Microsoft.ML")]
    [InlineData("Tandem.Device", "TorchSharp")]
    [InlineData("Tandem.Device", "Microsoft.AspNetCore")]
    [InlineData("Tandem.Device", "Microsoft.ML")]
    [InlineData("Tandem.Data", "TorchSharp")]
    [InlineData("Tandem.Learning", "Microsoft.AspNetCore")]
    [InlineData("Tandem.Simulation", "Microsoft.AspNetCore")]
    public void A_project_does_not_refer_to(string project, string banned) => Assert.Empty(References(project, banned));

    private static IEnumerable<string> References(string project, string start) =>
        Assemblies.ReferencesOf(project).Where(name => name.StartsWith(start, StringComparison.Ordinal));
}
