using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Data.Metrics;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Device.Backbones;
using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Learning;
using Tandem.Learning.Backbones;
using Tandem.Learning.Baselines;
using Tandem.Learning.Export;
using Tandem.Learning.Training;
using Tandem.Protocol.Bundles;
using Tandem.Samples;
using Tandem.Samples.Averages;

const int Seed = 1;
const int Listed = 10;
const int Learners = 20;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
BackboneKinds.Register(AveragesKind.InTraining);
DeviceBackbones.Register(AveragesKind.OnDevice);

// A set with an order that popularity cannot know, a recipe that names the kind, and a training.
var dataset = DatasetPreparation.Prepare(new GeneratedSource(new() { Seed = Seed, Users = 1000, Items = 300 }), Seed);
var recipe = RecipeJson.Read<SequenceRecipe>(JsonNode.Parse(
    """
    {
      "backbone": { "kind": "averages", "width": 32, "window": 32, "dropout": 0.1 },
      "loss": { "tokenBudget": 512 },
      "training": { "epochs": 8, "seed": 1 }
    }
    """)!.AsObject());
var split = new LeaveOneOut(dataset);
var sequences = dataset.Prefixes(split.TrainLength);
var (model, _) = recipe.Train(dataset, sequences, RankedCases.Of(dataset, split.Validation.ToArray()));
var test = RankedCases.Of(dataset, split.Test.ToArray());
using var scorer = new SequenceScorer(model);
var ndcg = Ndcg(scorer);
var popular = Ndcg(Popularity.Train(sequences));
double Ndcg(IItemScorer ranker) => new RankingMetrics(FullRanking.Ranks(ranker, test, maskSeen: true)).Ndcg(Listed);
Console.WriteLine($"NDCG@{Listed} of {test.Count} users: {ndcg:0.0000}, popularity {popular:0.0000}");
Check.That(ndcg > popular, "the backbone ranks no better than popularity");

// The bundle, opened as an app opens it.
var folder = Directory.CreateTempSubdirectory("tandem-backbone-").FullName;
try
{
    DeviceBundle.Write(model, folder, DeviceBundleOptions.For(dataset) with { Items = ItemStorage.Full });
    var device = DeviceModel.Open(folder);
    Check.That(Bundle.Open(folder).Manifest.Backbone is AveragesShape, "the bundle does not name the backbone");
    var difference = 0.0;
    for (var user = 0; user < 50; user++)
        difference = Math.Max(difference, Check.Difference(scorer, device, dataset.Prefix(user, dataset.Sequence(user).Length)));
    Console.WriteLine($"scores of 50 users by Torch and on the device differ by {difference:0.0e-0} at most");
    Check.That(difference <= 1e-5, "the two engines disagree");

    // What a user gets, and what devices learn of their users' events: it is kept where events that it has not seen became more likely.
    foreach (var best in Session(0).Recommend(3)) Console.WriteLine($"recommended: {dataset.Catalog[best.Item].Title}, {best.Score:0.00}");
    foreach (var part in Enum.GetValues<LearnedPart>())
    {
        var options = new AdaptationOptions { Part = part, MostMillis = 60_000 };
        var kept = Enumerable.Range(0, Learners).Count(user => Session(user).Learn(options).Accepted);
        Console.WriteLine($"learning of {part}: kept by {kept} of {Learners} users");
        Check.That(kept > 0, $"no device learned anything of {part}");
    }

    DeviceSession Session(int user)
    {
        var session = new DeviceSession(device, new());
        foreach (var item in dataset.Sequence(user)) session.Observe(item);
        return session;
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return Check.Failures;
