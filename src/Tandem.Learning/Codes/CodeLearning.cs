using Tandem.Data;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Learning.Codes;

/// <summary>
/// Codes of a catalogue's items, learned from those alone that have a training event and a vector. All others are coded by what was
/// learned; an item without a vector gets the codes of the mean vector.
/// </summary>
public static class CodeLearning
{
    /// <summary>Learns and codes.</summary>
    /// <param name="options">How; its <see cref="CodeOptions.File"/> is not read.</param>
    /// <param name="vectors">Of the catalogue's items.</param>
    /// <param name="sequences">What may be learned from.</param>
    /// <param name="seed">Every random choice derives from it by name.</param>
    /// <param name="report">Receives epochs done and their number, where there are any.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    /// <exception cref="RecipeException">
    /// No item has both a vector and a training event, or the vectors are too short for the codes.
    /// </exception>
    public static LearnedCodes Learn(
        CodeOptions options, ItemVectors vectors, TrainingSequences sequences, int seed, Action<int, int>? report = null,
        CancellationToken cancel = default)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (vectors.Items != sequences.Items)
            throw new ArgumentException($"vectors of {vectors.Items} items, events of {sequences.Items}", nameof(vectors));
        var seen = Seen(vectors, sequences);
        if (seen.Known == 0)
        {
            throw new RecipeException(
                $"no item with a training event has a vector ({vectors.Source}); give vectors of this data set's items");
        }

        var space = CodedSpace.Of(seen, options);
        var learned = Rows(space.Place(seen));
        var coder = Coder(options, learned, space.Width, seed, report, cancel);
        var placed = space.Place(vectors);
        var codes = new ItemCodes(options.Levels, options.CodebookSize, coder.Code(placed.Values[placed.Width..].ToArray()));
        return new(codes, seen.Known, vectors.Items - vectors.Known, Error(learned, coder));
    }

    private static IItemCoder Coder(
        CodeOptions options, float[] vectors, int width, int seed, Action<int, int>? report, CancellationToken cancel)
    {
        var (levels, size, iterations) = (options.Levels, options.CodebookSize, options.Iterations);
        return options.Method switch
        {
            CodeMethod.Rkmeans => ResidualQuantizer.Learn(vectors, width, levels, size, iterations, seed),
            CodeMethod.Opq => ProductQuantizer.Learn(vectors, width, levels, size, iterations, turns: iterations, seed),
            CodeMethod.Rqvae => RqVae.Learn(vectors, width, options, seed, report, cancel),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Method, "no such method"),
        };
    }

    /// <summary>The vectors of the items that have a training event.</summary>
    private static ItemVectors Seen(ItemVectors vectors, TrainingSequences sequences)
    {
        var (counts, width) = (sequences.CountByItem(), vectors.Width);
        var (values, has) = (new float[(vectors.Items + 1) * width], new bool[vectors.Items + 1]);
        for (var item = 1; item <= vectors.Items; item++)
        {
            has[item] = counts[item] > 0 && vectors.Has(item);
            if (has[item]) vectors[item].CopyTo(values.AsSpan(item * width));
        }

        return new(vectors.Source, vectors.Items, width, values, has);
    }

    /// <summary>[known, D] without the items that have none.</summary>
    private static float[] Rows(ItemVectors vectors)
    {
        var rows = new float[vectors.Known * vectors.Width];
        var at = 0;
        for (var item = 1; item <= vectors.Items; item++)
        {
            if (vectors.Has(item)) vectors[item].CopyTo(rows.AsSpan(at++ * vectors.Width));
        }

        return rows;
    }

    /// <summary>Share of the squared lengths that is lost.</summary>
    private static double Error(float[] vectors, IItemCoder coder)
    {
        var rebuilt = coder.Rebuild(coder.Code(vectors));
        double lost = 0, all = 0;
        for (var i = 0; i < vectors.Length; i++)
        {
            lost += ((double)vectors[i] - rebuilt[i]) * ((double)vectors[i] - rebuilt[i]);
            all += (double)vectors[i] * vectors[i];
        }

        return all > 0 ? lost / all : 0;
    }
}
