using Tandem.Data;
using Tandem.Encoders;
using Tandem.Learning.Classification;
using Tandem.Learning.Runs;
using Tandem.Learning.Text;
using Tandem.Learning.Transfer;

namespace Tandem.Cli.Verbs;

/// <summary>The examples, their split and the source of an experiment.</summary>
/// <param name="Examples">Titles or images.</param>
/// <param name="Split">By seed 1, whatever the trainings' seeds, so that all are tested on the same examples.</param>
/// <param name="Source">Names the source's numbers.</param>
/// <param name="Study">What trains.</param>
internal sealed record ClassifySubject(LabelledExamples Examples, ExampleSplit Split, string Source, ClassificationStudy Study)
    : IDisposable
{
    private const int Seed = 1;
    private const string Generated = "generated";

    public static ClassifySubject Open(ClassifyPlan plan, RunFolder run, IRunProgress progress, CancellationToken cancel) =>
        plan.Data is { } data ? Titles(plan, data, run, progress, cancel) : Images(plan, plan.Images!);

    public void Dispose() => Examples.Dispose();

    private static ClassifySubject Images(ClassifyPlan plan, string from)
    {
        var (examples, tested) = from == Generated ? (GeneratedImages.Draw(plan.Count, Seed), 0) : CifarFiles.Read(from);
        var split = tested == 0 ? ExampleSplit.Draw(examples.Labels, Seed) : ExampleSplit.DrawValidation(examples.Labels, Seed, tested);
        var source = Read(plan.From);
        return new(examples, split, source.Hash, new(plan.Model, examples, split)
        {
            Source = new(source.Tensors, pairs: plan.Pairs),
            Transfer = plan.Transfer,
        });
    }

    private static ClassifySubject Titles(
        ClassifyPlan plan, string data, RunFolder run, IRunProgress progress, CancellationToken cancel)
    {
        var catalog = DatasetArgument.OpenDataset(data, Seed).Catalog;
        var labels = CategoryLabels.Of(catalog);
        var encoder = plan.Encoder ?? SentenceModel.MiniLm;
        int[] titled = [.. Enumerable.Range(1, catalog.Count).Where(item => labels[item] >= 0 && catalog[item].Title is not null)];
        var pieces = encoder.WordPieces(titled.Select(item => catalog[item].Title!));
        var known = Enumerable.Range(0, titled.Length).Where(i => pieces[i].Length > 0).ToArray();
        if (known.Length == 0) throw new ClassificationException($"{data}: no item has a label and a title; expected items with both");
        var words = TitleWords.Of([.. known.Select(i => pieces[i])]);
        int[] items = [.. known.Select(i => titled[i])];
        var examples = new LabelledExamples(words.Inputs(), [.. items.Select(item => labels[item])], labels.Names);
        var split = ExampleSplit.Draw(examples.Labels, Seed);
        var source = Read(plan.From);
        var study = new ClassificationStudy(plan.Model, examples, split, words)
        {
            Source = new(source.Tensors, words, plan.Pairs),
            Transfer = plan.Transfer,
            Distillation = plan.Distillation,
            Vectors = plan.Arms.Any(arm => arm.Teacher != TaughtExamples.None) ? Vectors(catalog, items) : null,
        };
        return new(examples, split, source.Hash, study);

        float[][] Vectors(Catalog all, int[] asked)
        {
            var file = TextVectors.FileName(encoder.Name);
            Directory.CreateDirectory(run.Path);
            var vectors = TextVectors.Of(
                all, new() { Encoder = encoder.Name }, Path.Combine(data, file), run.File(file),
                (done, count) => progress.Report("titles", done, count), cancel);
            return [.. asked.Select(item => vectors[item].ToArray())];
        }
    }

    private static TransferSource Read(string from) => SourceWeights.Read(from, _ => true) is { } file
        ? TransferSource.Of(file)
        : throw new UsageException($"--from {from}: there is no such folder or file; expected one of: {SourceWeights.Known}");
}
