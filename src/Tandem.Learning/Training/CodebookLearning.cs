using Tandem.Data;
using Tandem.Learning.Clustering;
using Tandem.Learning.Personalization;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Training;

/// <summary>
/// Moves the centres of a <see cref="SemanticCodebook"/>: they start by k-means++ at the vectors of one step, then each is the running mean
/// of what was nearest to it, and unused ones start anew.
/// </summary>
/// <remarks>The replicas' codebooks share their memory; what each of them read is taken in their order.</remarks>
internal sealed class CodebookLearning : ITrainingPart
{
    private const string SumsName = "codebook.sums";
    private const string CountsName = "codebook.counts";
    private const int StartRounds = 10;

    private readonly SemanticCodebook[] _codebooks;
    private readonly SolidOptions _options;
    private readonly int _seed;
    private RunningCentres? _centres;

    /// <param name="codebooks">One of each replica.</param>
    /// <param name="options">When it starts, and how fast it follows.</param>
    /// <param name="seed">Of the start and of revivals.</param>
    public CodebookLearning(SemanticCodebook[] codebooks, SolidOptions options, int seed) =>
        (_codebooks, _options, _seed) = (codebooks, options, seed);

    /// <summary>For the codebooks of the replicas' sources; nothing where they have none.</summary>
    /// <param name="sources">One of each replica, or nulls.</param>
    /// <param name="seed">Of the start and of revivals.</param>
    public static IEnumerable<ITrainingPart> Of(IEnumerable<ParameterSource?> sources, int seed)
    {
        ParameterSource[] all = [.. sources.OfType<ParameterSource>()];
        SemanticCodebook[] codebooks = [.. all.Select(source => source.Codebook).OfType<SemanticCodebook>()];
        return codebooks.Length > 0 ? [new CodebookLearning(codebooks, OptionsOf(all[0].Options), seed)] : [];
    }

    private static SolidOptions OptionsOf(ParameterOptions options) => options.Control == ParameterControl.Published
        ? options.Solid with { Codebook = CodebookKind.Random }
        : options.Solid;

    /// <summary>Share of the means that a move keeps.</summary>
    private double Keep => Math.Pow(_options.CentreDecay, _options.CentresEvery);

    public void AfterStep(long number)
    {
        if (number < _options.CodebookAfter || (_centres is not null && number % _options.CentresEvery != 0)) return;
        var book = _codebooks[0];
        if (_centres is null && book.IsSet) return;                                     // drawn at random, and left so
        float[] seen = [.. _codebooks.SelectMany(codebook => codebook.Seen)];
        if (seen.Length == 0) return;
        if (_centres is null && _options.Codebook == CodebookKind.Random)
        {
            book.Centres = AtRandom(seen);
            return;
        }

        if (_centres is null)
        {
            var start = KMeans.Fit(seen, book.Width, book.Size, StartRounds, NamedSeed.Create(_seed, "codebook"));
            _centres = new(start, (double)seen.Length / book.Width / book.Size, Keep);
        }
        else
        {
            _centres.Take(seen, _centres.Book.Nearest(seen), NamedSeed.Create(_seed, "codes revived", (int)number));
        }

        book.Centres = _centres.Book.Centres;
    }

    public void Save(SafetensorsWriter writer)
    {
        if (_centres is null) return;
        writer.Add<double>(SumsName, _centres.Sums, _centres.Book.Size, _centres.Book.Width);
        writer.Add<double>(CountsName, _centres.Counts, _centres.Book.Size);
    }

    public void Load(SafetensorsReader file)
    {
        if (!file.Tensors.ContainsKey(SumsName)) return;
        var (size, width) = (_codebooks[0].Size, _codebooks[0].Width);
        _centres = new(
            file.Load(SumsName, size, width).As<double>().ToArray(), file.Load(CountsName, size).As<double>().ToArray(),
            Keep);
    }

    /// <summary>Normal numbers with the mean and the deviation that the vectors have in each dimension.</summary>
    private float[] AtRandom(float[] seen)
    {
        var (width, random) = (_codebooks[0].Width, NamedSeed.Create(_seed, "codebook"));
        var centres = new float[_codebooks[0].Size * width];
        var (means, deviations) = (new double[width], new double[width]);
        var n = seen.Length / width;
        for (var i = 0; i < seen.Length; i++) means[i % width] += (double)seen[i] / n;
        for (var i = 0; i < seen.Length; i++) deviations[i % width] += Math.Pow(seen[i] - means[i % width], 2) / n;
        for (var i = 0; i < centres.Length; i++)
        {
            centres[i] = (float)(means[i % width] + Math.Sqrt(deviations[i % width]) * random.NextNormal());
        }

        return centres;
    }
}
