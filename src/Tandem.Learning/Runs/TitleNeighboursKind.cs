using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>Items of titles like those of the history: no training but the encoding of titles.</summary>
internal sealed class TitleNeighboursKind() : ModelKind("text", "items whose titles are like those of the history's")
{
    public override JsonObject Defaults() => RecipeJson.ToNode(new TitleNeighbourOptions());

    public override void Require(JsonObject settings) => RunException.ThrowIfAny(Read(settings).Validate());

    public override TrainedModel Train(TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var options = Read(job.Settings);
        var model = new TitleNeighbours(options, job.VectorsOf(options.Source, progress, cancel));
        model.Save(job.Run.File(TrainingJob.WeightsFile));
        return new(model, []);
    }

    public override IItemScorer Load(JsonObject settings, SequenceDataset dataset, string folder)
    {
        var path = Path.Combine(folder, TrainingJob.WeightsFile);
        var model = TitleNeighbours.Load(path);
        if (model.ItemCount == dataset.Catalog.Count) return model;
        model.Dispose();
        throw new RunException(
            $"{path}: a model of {model.ItemCount} items beside a data set of {dataset.Catalog.Count}; train it again");
    }

    private static TitleNeighbourOptions Read(JsonObject settings) => RecipeJson.Read<TitleNeighbourOptions>(settings);
}
