using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>
/// The whole-word embeddings of an encoder (<see cref="WholeWords"/>), in a file of their own beside its weights: other libraries know no
/// such tensor.
/// </summary>
internal static class ItemWords
{
    private const string FileName = "words.safetensors", Name = "whole_word_embeddings.weight"; // P5's name of the tensor

    /// <summary>Whether a model is told which tokens are one item.</summary>
    public static bool AreUsed(LanguageRecipe recipe, LanguageCheckpoint checkpoint) =>
        recipe.WholeWords && recipe.Writing != ItemWriting.Codes && checkpoint.HasEncoder;

    /// <summary>Adds rows to what the encoder reads of items.</summary>
    /// <param name="checkpoint">With an encoder.</param>
    /// <param name="items">As it reads them.</param>
    /// <param name="rows">[512, D]; the caller's to dispose of, after the model.</param>
    public static void Attach(LanguageCheckpoint checkpoint, WrittenItems items, Tensor rows) =>
        ((T5)checkpoint.Network).Words = new(rows, new ItemTrie(items.Tokens), items.End);

    /// <summary>[512, D] float32: those of a folder that has some, else zeros, with which the first answers are the checkpoint's.</summary>
    /// <param name="checkpoint">What the folder holds beside them.</param>
    /// <param name="folder">Of the checkpoint.</param>
    /// <param name="isTrained">True where the folder has to have some.</param>
    /// <exception cref="SafetensorsException">The file is damaged, of another model, or missing where it has to be.</exception>
    public static Tensor Of(LanguageCheckpoint checkpoint, string folder, bool isTrained)
    {
        var (path, width) = (Path.Combine(folder, FileName), (int)((ITrainedLanguageModel)checkpoint.Network).Read.Weight.shape[1]);
        if (!File.Exists(path))
        {
            return isTrained
                ? throw new SafetensorsException($"{path}: no such file, and the model was trained with it; train the model again")
                : zeros(WholeWords.Rows, width);
        }

        var values = SafetensorsFile.Load(path).Get(Name, WholeWords.Rows, width).As<float>();
        if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll(values))
            throw new SafetensorsException($"{path}: holds NaN or an infinity, expected finite numbers; train the model again");
        return tensor(values.ToArray(), WholeWords.Rows, width);
    }

    /// <summary>Writes the rows beside the weights.</summary>
    /// <param name="folder">Of the weights.</param>
    /// <param name="rows">[512, D].</param>
    public static void Save(string folder, Tensor rows)
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>(Name, TensorValues.Copy(rows), [.. rows.shape.Select(n => (int)n)]);
        writer.Save(Path.Combine(folder, FileName));
    }
}
