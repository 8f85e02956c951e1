using System.Numerics.Tensors;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Text;

namespace Tandem.Learning.Runs;

/// <summary>The vectors of a catalogue's items that codes are learned from.</summary>
public static class CodeVectors
{
    /// <summary>Of text, of a trained model's item table, or of both.</summary>
    /// <param name="options">Which.</param>
    /// <param name="split">The data; what trains on it tells which rows of a table mean something.</param>
    /// <param name="text">Gives vectors of the items' texts.</param>
    /// <exception cref="RunException">The named run cannot be used.</exception>
    public static ItemVectors Of(CodeOptions options, ISplit split, Func<TextSource, ItemVectors> text)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        return options.From switch
        {
            CodeSource.Text => text(options.Text),
            CodeSource.Collaborative => Collaborative(options.Run!, split),
            _ => SideBySide(text(options.Text), Collaborative(options.Run!, split)),
        };
    }

    /// <summary>Rows of the items that the model has learned.</summary>
    private static ItemVectors Collaborative(string run, ISplit split)
    {
        var recipe = FinishedRun.Require("codes.run", run, split.Dataset);
        var kind = ModelKinds.Find(recipe.Model);
        if (!kind.IsSequenceModel)
        {
            throw new RunException($"{run}: '{recipe.Model}' has no item table to code; expected a run of "
                + ModelKinds.Names(known => known.IsSequenceModel));
        }

        if (recipe.Protocol != SplitProtocol.WithoutRefit(split.Protocol))
        {
            throw new RunException($"{run}: trained under {recipe.Protocol}, the codes are for "
                + $"{SplitProtocol.WithoutRefit(split.Protocol)}; its table must not know "
                + "more than the codes may, so train it under the same protocol, without refit");
        }

        using var scorer = (SequenceScorer)kind.Load(recipe.Settings, split.Dataset, run);
        return Rows(recipe.Model, scorer.Model, split.Training(refit: false).CountByItem());
    }

    private static ItemVectors Rows(string source, SequenceModel model, long[] counts)
    {
        var (values, width) = (model.Items.Values(), model.Backbone.Width);
        var has = Array.ConvertAll(counts, count => count > 0);
        for (var item = 0; item < has.Length; item++)
        {
            if (!has[item]) values.AsSpan(item * width, width).Clear();
        }

        return new(source, model.ItemCount, width, values, has);
    }

    /// <summary>Scaled to a mean length of 1 each; an item that has one of the two alone has zeros in the other's place.</summary>
    private static ItemVectors SideBySide(ItemVectors first, ItemVectors second)
    {
        var (width, has) = (first.Width + second.Width, new bool[first.Items + 1]);
        var values = new float[has.Length * width];
        var (a, b) = (Factor(first), Factor(second));
        for (var item = 1; item < has.Length; item++)
        {
            has[item] = first.Has(item) || second.Has(item);
            var own = values.AsSpan(item * width, width);
            TensorPrimitives.Multiply(first[item], a, own);
            TensorPrimitives.Multiply(second[item], b, own[first.Width..]);
        }

        return new($"{first.Source} and {second.Source}", first.Items, width, values, has);
    }

    private static float Factor(ItemVectors vectors)
    {
        var sum = Enumerable.Range(1, vectors.Items).Sum(
            item => (double)TensorPrimitives.Norm(vectors[item]));
        return sum > 0 ? (float)(vectors.Known / sum) : 1;
    }
}
