using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>Several models as one, the weight of each chosen on validation events.</summary>
internal sealed class CompositeKind() : ModelKind("composite", "several models' scores joined (for the cloud)")
{
    public override bool IsCloudModel => true;

    public override bool HasLogProbabilities => true;

    public override bool CanRefit => false;

    public override IReadOnlyList<Preset> Presets { get; } =
    [
        new("cloud-composite", "Amazon's sets of some ten thousand items with titles: what no device holds", JsonNode.Parse("""
            {
              "members": [
                {
                  "name": "retrieval",
                  "model": "sasrec",
                  "settings": {
                    "backbone": { "width": 256, "block": "ligr", "blocks": 1, "heads": 1, "dropout": 0.4, "feedForwardMultiple": 2,
                      "activation": "relu" },
                    "training": {
                      "epochs": 20, "replicas": 2, "validateEvery": 5, "patience": 3,
                      "optimizer": { "learningRate": 0.004, "warmupSteps": 100, "finalRate": 0.05, "weightDecay": 0.01 }
                    },
                    "successors": { "enabled": true, "count": 200 },
                    "text": { "enabled": true, "width": 384, "categories": false }
                  }
                },
                { "model": "parallel", "preset": "cloud-parallel" },
                { "model": "ease" },
                { "model": "text" }
              ]
            }
            """)!.AsObject()),
    ];

    public override JsonObject Defaults() => RecipeJson.ToNode(new CompositeRecipe());

    public override void Require(JsonObject settings)
    {
        var recipe = Read(settings);
        RunException.ThrowIfAny(recipe.Validate());
        foreach (var member in recipe.Members.Where(member => member.Model is not null)) CompositeMembers.SettingsOf(member);
    }

    internal override JsonObject Located(JsonObject settings, string folder, bool typed)
    {
        var recipe = Read(settings);
        return RecipeJson.ToNode(recipe with
        {
            Members =
            [
                .. recipe.Members.Select(member =>
                    member.Run is null ? member : member with { Run = CompositeMembers.Located(member.Run, folder, typed) }),
            ],
        });
    }

    public override void RequireParts(TrainingJob job)
    {
        foreach (var member in Read(job.Settings).Members)
            if (member.Run is not null) CompositeMembers.RequireFits(member, job);
    }

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var recipe = Read(job.Settings);
        var members = CompositeMembers.Train(recipe, job, progress, cancel);
        var fit = CompositeFit.Choose(
            members, job.Validation, job.MaskSeen, recipe.ListLength,
            recipe.ConfidenceOf is { } name ? recipe.Members.ToList().FindIndex(member => member.Called == name) : null,
            (done, all) => progress.Report("weights of members", done, all));
        CompositeFile.Save(
            job.Run.File(TrainingJob.WeightsFile), job.Dataset.Catalog.Count, fit.Weights, CompositeMembers.Hashes(recipe, job.Run.Path));
        return new(new CompositeScorer(members, fit.Weights), []) { Composite = fit };
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var recipe = Read(settings);
        var weights = CompositeFile.Load(
            Path.Combine(folder, TrainingJob.WeightsFile), dataset.Catalog.Count, CompositeMembers.Hashes(recipe, folder),
            [.. recipe.Members.Select(member => member.Called)]);
        return new CompositeScorer(CompositeMembers.Load(recipe, dataset, folder), weights);
    }

    private static CompositeRecipe Read(JsonObject settings) => RecipeJson.Read<CompositeRecipe>(settings);
}
