using System.Text.Json.Nodes;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Runs;

/// <summary>A finished run as a teacher.</summary>
public sealed class TeacherRunTests : IDisposable
{
    private const int Items = 20;

    private readonly TemporaryFolder _folder = new();
    private readonly LeaveOneOut _split = new(ToySequences.Cycle(users: 30, items: Items, minEvents: 6, maxEvents: 8));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gru4rec", true)]
    [InlineData("cooccurrence", false)]
    public void The_lists_of_a_teacher_are_those_that_it_ranks(string model, bool maskSeen)
    {
        Train(model);
        var sequences = _split.Training(refit: false);
        var options = new DistillationOptions { From = _folder[model], Lists = 4 };
        var job = Job(model, "student", maskSeen);
        var knowledge = (TeacherLists)TeacherRun.Ask(options, job, sequences, (_, _, _) => { }, Cancel)!;
        var scorer = ModelKinds.Find(model).Load(RunRecipe.OfRun(_folder[model]).Settings, _split.Dataset, _folder[model]);
        var cases = new TrainingPlaces(sequences).Cases;
        Assert.Equal(Enumerable.Range(0, sequences.Count).Sum(user => sequences[user].Length - 1), cases.Count);
        FullRanking.Visit(scorer, cases, maskSeen, (place, all) =>
        {
            var scores = all.ToArray();
            var ranked = Enumerable.Range(1, Items).Where(item => float.IsFinite(scores[item]))
                .Select(item => scores[item]).OrderDescending().Take(4).ToArray();
            var listed = knowledge[place].ToArray();
            Assert.Equal(4, listed.Distinct().Count());
            for (var rank = 0; rank < 4; rank++) Close.Number(ranked[rank], scores[listed[rank]]);
        });
    }

    [Fact]
    public void A_sequence_model_teaches_its_logits_and_stays_as_it_is()
    {
        Train("gru4rec");
        var weights = Weights("gru4rec");
        var settings = Settings("sasrec");
        RecipeJson.Set(settings, "distillation.from", _folder["gru4rec"]);
        RecipeJson.Set(settings, "distillation.kind", "logits");
        var recipe = new RunRecipe { Model = "sasrec", Settings = settings };
        var folder = RunFolder.Choose(_folder["taught"], "train", "sasrec");
        TrainingRun.Start(recipe, _split, folder, Unwatched.Instance, cancel: Cancel);
        Assert.Equal(weights, Weights("gru4rec"));
        Train("sasrec"); // alone
        Assert.NotEqual(Weights("sasrec"), Weights("taught"));

        byte[] Weights(string name) => File.ReadAllBytes(_folder[$"{name}/{TrainingJob.WeightsFile}"]);
    }

    private void Train(string model) => TrainingRun.Start(
        new() { Model = model, Settings = Settings(model) }, _split, RunFolder.Choose(_folder[model], "train", model), Unwatched.Instance,
        cancel: Cancel);

    private TrainingJob Job(string model, string run, bool maskSeen) =>
        new(Settings(model), _split, Refit: false, maskSeen, RunFolder.Choose(_folder[run], "train", model));

    private static JsonObject Settings(string model)
    {
        var settings = ModelKinds.Find(model).Defaults();
        if (!ModelKinds.Find(model).IsSequenceModel) return settings;
        RecipeJson.Set(settings, "training.epochs", "2");
        RecipeJson.Set(settings, "backbone.width", "8");
        return settings;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
