using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Tandem.System.Tests;

/// <summary>The files by which the service runs in containers, held to what the service is.</summary>
public sealed partial class DeployTests
{
    /// <summary>Seconds that requests under way have after an interrupt; docs/cloud.md.</summary>
    private const int Shutdown = 20;

    private static readonly string _root = RepositoryRoot();
    private static readonly string _image = Read("Containerfile");

    [Fact]
    public void What_the_image_runs_by_itself_is_a_command_of_the_service()
    {
        Assert.Equal(["tandem"], Words("ENTRYPOINT"));
        RefusesNothingButTheRun(VariableOf("TANDEM_STORE"), Words("CMD"));
        Assert.Equal(PortOf(Words("CMD")), Exposed().Match(_image).Groups[1].Value);
    }

    [Fact]
    public void What_the_image_is_built_from_is_there()
    {
        foreach (Match copy in Copied().Matches(_image))
        {
            foreach (var source in copy.Groups[1].Value.Split(' ')[..^1])
                Assert.True(Path.Exists(Path.Combine(_root, source)), $"{source} is copied, and is not there");
        }

        Assert.True(Directory.Exists(Path.Combine(_root, Published().Match(_image).Groups[1].Value)));
    }

    [Fact]
    public void The_image_asks_for_its_health_where_the_service_tells_it()
    {
        var asked = Asked().Match(_image);
        Assert.Equal(PortOf(Words("CMD")), asked.Groups[1].Value);
        Assert.Contains(asked.Groups[2].Value, Addresses());
    }

    [Fact]
    public void What_the_composed_service_runs_is_a_command_of_the_service()
    {
        var services = (YamlMappingNode)Composed()["services"];
        var cloud = services["cloud"];
        var command = ((YamlSequenceNode)cloud["command"]).Select(word => word.ToString()).ToArray();
        RefusesNothingButTheRun(cloud["environment"]["TANDEM_STORE"].ToString(), command);
        Assert.EndsWith($":{PortOf(command)}", cloud["ports"][0].ToString(), StringComparison.Ordinal);
        Assert.EndsWith($":{command[1]}:ro", cloud["volumes"][0].ToString(), StringComparison.Ordinal);
        Assert.True(SecondsOf(cloud["stop_grace_period"]) > Shutdown);
        var build = cloud["build"];
        Assert.Equal(_root, Path.GetFullPath(Path.Combine(Folder(), build["context"].ToString())).TrimEnd('/'));
        Assert.True(File.Exists(Path.Combine(_root, build["dockerfile"].ToString())));
    }

    [Fact]
    public void No_secret_is_in_the_composed_files()
    {
        var services = (YamlMappingNode)Composed()["services"];
        foreach (var (_, service) in services.Children)
        {
            foreach (var (name, value) in ((YamlMappingNode)service["environment"]).Children)
            {
                if (name.ToString().Contains("PASSWORD", StringComparison.Ordinal) || value.ToString().Contains("Password"))
                    Assert.Contains("${POSTGRES_PASSWORD:?", value.ToString(), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Read strictly: a member that Kubernetes does not know is a fault.</summary>
    [Fact]
    public void What_the_pods_run_is_a_command_of_the_service()
    {
        var pod = Kubernetes<V1Deployment>("deployment").Spec.Template.Spec;
        var cloud = Assert.Single(pod.Containers);
        var words = cloud.Args.Select(word => word.Replace("$(POD_IP)", "10.0.0.5", StringComparison.Ordinal)).ToArray();
        RefusesNothingButTheRun("postgres:Host=none", words);
        Assert.Equal(PortOf(words), PortOf(cloud, "http"));
        Assert.Contains($"10.0.0.5:{PortOf(cloud, "silo")}", words);
        Assert.All(
            [cloud.StartupProbe, cloud.LivenessProbe, cloud.ReadinessProbe],
            probe => Assert.True(Addresses().Contains(probe.HttpGet.Path) && probe.HttpGet.Port.Value == "http"));
        Assert.Equal("/health/live", cloud.LivenessProbe.HttpGet.Path);
        Assert.Equal("/health/ready", cloud.ReadinessProbe.HttpGet.Path);
        Assert.True(pod.TerminationGracePeriodSeconds > Shutdown + cloud.Lifecycle.PreStop.Sleep.Seconds);
        Assert.All(cloud.VolumeMounts, mount => Assert.Contains(pod.Volumes, volume => volume.Name == mount.Name));
        Assert.Contains(cloud.Env, variable => variable.Name == "TANDEM_STORE" && variable.ValueFrom.SecretKeyRef is not null);
    }

    [Fact]
    public void Pods_are_reached_by_the_service_and_their_own_port_by_themselves_alone()
    {
        var labels = Kubernetes<V1Deployment>("deployment").Spec.Template.Metadata.Labels;
        var (name, value) = Assert.Single(labels);
        var service = Kubernetes<V1Service>("service").Spec;
        Assert.Equal(value, service.Selector[name]);
        Assert.Equal("http", Assert.Single(service.Ports).TargetPort.Value);
        Assert.Equal(value, Kubernetes<V1PodDisruptionBudget>("disruption").Spec.Selector.MatchLabels[name]);
        var policy = Kubernetes<V1NetworkPolicy>("network").Spec;
        Assert.Equal(value, policy.PodSelector.MatchLabels[name]);
        var silo = Assert.Single(policy.Ingress, rule => rule.Ports.Any(port => port.Port.Value != "http"));
        Assert.Equal("silo", Assert.Single(silo.Ports).Port.Value);
        Assert.Equal(value, Assert.Single(silo.FromProperty).PodSelector.MatchLabels[name]);
    }

    /// <summary>All options are right, and the service misses the folder that is mounted in the container.</summary>
    private static void RefusesNothingButTheRun(string store, string[] command)
    {
        Assert.Equal("serve", command[0]);
        Assert.Equal(
            $"error: the service cannot start: Models: {command[1]} is no folder; give the folder that 'tandem train' wrote",
            TandemProcess.RunWith(store, command).RefusedWith());
    }

    private static string PortOf(string[] command) =>
        new Uri(command[Array.IndexOf(command, "--urls") + 1]).Port.ToString(CultureInfo.InvariantCulture);

    private static string PortOf(V1Container container, string name) =>
        container.Ports.Single(port => port.Name == name).ContainerPort.ToString(CultureInfo.InvariantCulture);

    private static int SecondsOf(YamlNode time) => int.Parse(time.ToString().TrimEnd('s'), CultureInfo.InvariantCulture);

    /// <summary>The list of words after an instruction of the image's.</summary>
    private static string[] Words(string instruction) => JsonSerializer.Deserialize<string[]>(
        _image.Split('\n').Single(line => line.StartsWith($"{instruction} [", StringComparison.Ordinal))[instruction.Length..])!;

    private static string VariableOf(string name) => Regex.Match(_image, $@"\b{name}=(\S+)").Groups[1].Value;

    private static YamlMappingNode Composed()
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Read("compose.yaml"));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static T Kubernetes<T>(string name) =>
        Assert.IsType<T>(Assert.Single(KubernetesYaml.LoadAllFromString(Read($"kubernetes/{name}.yaml"), strict: true)));

    private static HashSet<string> Addresses()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, "docs", "openapi.json")));
        return [.. document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
    }

    private static string Folder() => Path.Combine(_root, "samples", "deploy");

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder(), file));

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tandem.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^EXPOSE (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Exposed();

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^RUN dotnet publish (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Published();

    [GeneratedRegex(@"/dev/tcp/127\.0\.0\.1/(\d+) .*GET (\S+) HTTP")]
    private static partial Regex Asked();
}
