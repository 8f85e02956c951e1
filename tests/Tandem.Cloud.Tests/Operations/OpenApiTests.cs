using System.Text.Json.Nodes;

namespace Tandem.Cloud.Tests.Operations;

public class OpenApiTests(TrainedRuns runs)
{
    /// <summary>Set to write the document anew where the API is meant to change.</summary>
    private const string Update = "TANDEM_UPDATE_OPENAPI";

    /// <summary>What clients are made from changes only where its file changes, for whoever reads the commit to see.</summary>
    [Fact]
    public async Task The_document_is_the_one_in_the_repository()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var told = await service.Client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var document = JsonNode.Parse(told)!.AsObject();
        document.Remove("servers"); // this test's port
        var text = document.ToJsonString(new() { WriteIndented = true }) + "\n";
        var repository = AppContext.BaseDirectory[..AppContext.BaseDirectory.LastIndexOf("artifacts", StringComparison.Ordinal)];
        var path = Path.Combine(repository, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Update) is not null)
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }

    [Fact]
    public async Task The_page_for_people_is_there()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        using var page = await service.GetAsync("docs");
        Assert.True(page.IsSuccessStatusCode);
    }
}
