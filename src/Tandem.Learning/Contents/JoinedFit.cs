using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Contents;

/// <summary>
/// How counts of successors and contents join a trained model, chosen on validation events one after the other; where there are several,
/// each once more beside all others.
/// </summary>
public sealed record JoinedFit
{
    private static readonly double[] _strengths = [0, 0.3, 1, 3, 10];

    /// <summary>How counts join; null where they are no part of the model.</summary>
    public SuccessorFit? Successors { get; init; }

    /// <summary>λ of <see cref="SuccessorSmoothing"/>; 0 for plain counts.</summary>
    public double Smoothing { get; init; }

    /// <summary>How each content joins.</summary>
    public IReadOnlyList<ContentFit> Contents { get; init; } = [];

    /// <summary>NDCG@10 on the validation events, of the model alone.</summary>
    public required double ModelAlone { get; init; }

    /// <summary>The same with all that joins it.</summary>
    public required double Validation { get; init; }

    /// <summary>Counts what a model has learned from, and chooses all weights.</summary>
    /// <param name="model">Has not learned the validation events.</param>
    /// <param name="parts">What may join it; one at least.</param>
    /// <param name="sequences">What the model has learned from each user.</param>
    /// <param name="validation">One event at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="report">Gets what is being chosen, the cases done and their number.</param>
    /// <exception cref="TrainingException">There is no validation event.</exception>
    public static (JoinedFit Fit, CountedSuccessors? Counted, IReadOnlyList<JoinedContent> Contents) Choose(
        SequenceModel model, JoinedParts parts, TrainingSequences sequences, RankedCases validation, bool maskSeen,
        Action<string, int, int>? report = null)
    {
        var fitting = new Fitting(model, parts, sequences, validation, maskSeen, report);
        var several = parts.Contents.Count + (parts.Successors is null ? 0 : 1) > 1;
        for (var round = 0; round < (several ? 2 : 1); round++)
        {
            fitting.ChooseSuccessors();
            for (var c = 0; c < parts.Contents.Count; c++) fitting.ChooseContent(c);
        }

        return fitting.Result();
    }

    /// <summary>Counts of all that a model learned from that is trained once more, smoothed as was chosen.</summary>
    /// <param name="parts">As they were chosen from.</param>
    /// <param name="sequences">What the new model has learned from each user.</param>
    public CountedSuccessors? Count(JoinedParts parts, TrainingSequences sequences) => Successors is null
        ? null
        : new(Table(parts, sequences, Smoothing), Successors.Join);

    private static SuccessorTable Table(JoinedParts parts, TrainingSequences sequences, double strength) => SuccessorCounting.Count(
        parts.Successors!, sequences, strength > 0 ? new(parts.Neighbours!, strength) : null);

    private sealed class Fitting(
        SequenceModel model, JoinedParts parts, TrainingSequences sequences, RankedCases validation, bool maskSeen,
        Action<string, int, int>? report)
    {
        private readonly Dictionary<double, SuccessorTable> _tables = [];
        private readonly ContentFit?[] _contents = new ContentFit?[parts.Contents.Count];
        private (SuccessorFit Fit, double Strength)? _successors;
        private double? _alone;

        public void ChooseSuccessors()
        {
            if (parts.Successors is not { } options) return;
            using var scorer = new SequenceScorer(model, null, Joined(except: -1));
            // The strength is chosen once: the second round has the contents beside it, and keeps to what was chosen.
            double[] strengths = _successors is { } chosen ? [chosen.Strength] : parts.Neighbours is null ? [0] : _strengths;
            _successors = null;
            foreach (var strength in strengths)
            {
                var fit = SuccessorFit.Choose(
                    scorer, TableOf(strength), options, validation, maskSeen,
                    (done, all) => report?.Invoke("weight of successors", done, all));
                _alone ??= fit.ModelAlone;
                if (_successors is not { } best || fit.Validation > best.Fit.Validation) _successors = (fit, strength);
            }
        }

        public void ChooseContent(int place)
        {
            var (name, rows) = parts.Contents[place];
            using var scorer = new SequenceScorer(model, Counted(), Joined(except: place));
            var fit = ContentFit.Choose(
                scorer, name, rows, parts.Recent, validation, maskSeen, (done, all) => report?.Invoke($"weight of {name}", done, all));
            _alone ??= fit.Without;
            _contents[place] = fit;
        }

        public (JoinedFit, CountedSuccessors?, IReadOnlyList<JoinedContent>) Result() => (new JoinedFit
        {
            Successors = _successors?.Fit,
            Smoothing = _successors?.Strength ?? 0,
            Contents = [.. _contents.Select(fit => fit!)],
            ModelAlone = _alone ?? 0,
            Validation = _contents.Length > 0 ? _contents[^1]!.Validation : _successors?.Fit.Validation ?? 0,
        }, Counted(), Joined(except: -1));

        private CountedSuccessors? Counted() => _successors is { } chosen ? new(TableOf(chosen.Strength), chosen.Fit.Join) : null;

        private JoinedContent[] Joined(int except) =>
        [
            .. Enumerable.Range(0, _contents.Length).Where(c => c != except && _contents[c] is not null)
                .Select(c => new JoinedContent(parts.Contents[c].Rows, _contents[c]!.Join)),
        ];

        private SuccessorTable TableOf(double strength)
        {
            if (!_tables.TryGetValue(strength, out var table))
                _tables.Add(strength, table = Table(parts, sequences, strength));
            return table;
        }
    }
}
