using Tandem.Learning.Language.Architectures;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// BERT from a folder as Hugging Face's libraries write it: as a model of its own, or with the prefix <c>bert.</c> below a head that is
/// left. Norms may have the names of older files, <c>gamma</c> and <c>beta</c>.
/// </summary>
public static class BertCheckpoint
{
    private const string Prefix = "bert.", PoolerWeight = "pooler.dense.weight", PoolerBias = "pooler.dense.bias";
    private const int MostShown = 5;

    /// <summary>Reads settings and weights.</summary>
    /// <param name="folder">With <c>config.json</c> and safetensors, in one file or several.</param>
    /// <returns>A model in evaluation, in float32 on the CPU; with a pooler where the folder has one.</returns>
    /// <exception cref="CheckpointFolderException">It is no BERT that this version knows, or tensors are missing or too many.</exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public static Bert Load(string folder)
    {
        var options = BertConfig.Read(Path.Combine(folder, BertConfig.FileName));
        using var files = CheckpointFolder.Open(folder);
        files.Rename(NameOf);
        options = options with { HasPooler = files.Has(PoolerWeight) && files.Has(PoolerBias) };
        Require(files, folder, options);
        var network = new Bert(options);
        try
        {
            files.Fill(network, MayBeLeft);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        network.eval();
        return network;
    }

    /// <summary>Names and shapes of the parameters of a model that is not built.</summary>
    internal static IEnumerable<(string Name, int[] Shape)> Shapes(BertOptions options)
    {
        var D = options.Width;
        yield return ("embeddings.word_embeddings.weight", [options.Vocabulary, D]);
        yield return ("embeddings.position_embeddings.weight", [options.Positions, D]);
        yield return ("embeddings.token_type_embeddings.weight", [options.TokenTypes, D]);
        foreach (var norm in Norm("embeddings.", D)) yield return norm;
        for (var i = 0; i < options.Blocks; i++)
        {
            var block = $"encoder.layer.{i}.";
            foreach (var part in (string[])["query", "key", "value"])
                foreach (var own in Linear($"{block}attention.self.{part}", D, D)) yield return own;
            foreach (var own in Linear($"{block}attention.output.dense", D, D)) yield return own;
            foreach (var norm in Norm($"{block}attention.output.", D)) yield return norm;
            foreach (var own in Linear($"{block}intermediate.dense", D, options.Hidden)) yield return own;
            foreach (var own in Linear($"{block}output.dense", options.Hidden, D)) yield return own;
            foreach (var norm in Norm($"{block}output.", D)) yield return norm;
        }

        if (!options.HasPooler) yield break;
        foreach (var own in Linear("pooler.dense", D, D)) yield return own;
    }

    private static IEnumerable<(string Name, int[] Shape)> Linear(string name, int inputs, int outputs) =>
        [(name + ".weight", [outputs, inputs]), (name + ".bias", [outputs])];

    private static IEnumerable<(string Name, int[] Shape)> Norm(string layer, int width) =>
        [(layer + "LayerNorm.weight", [width]), (layer + "LayerNorm.bias", [width])];

    /// <summary>Checked before memory is taken, for a configuration may claim any size, and any number of blocks.</summary>
    private static void Require(CheckpointFolder files, string folder, BertOptions options)
    {
        var missing = Shapes(options).Select(tensor => tensor.Name).Where(name => !files.Has(name)).Take(MostShown + 1).ToArray();
        if (missing.Length > 0)
        {
            var shown = string.Join(", ", missing.Take(MostShown)) + (missing.Length > MostShown ? ", ..." : "");
            throw new CheckpointFolderException(
                $"{folder}: lacks tensors of its config.json's network ({shown}); it is another model's, or fetch it again");
        }

        foreach (var (name, shape) in Shapes(options)) files.Require(name, shape);
    }

    private static string NameOf(string stored)
    {
        var name = stored.StartsWith(Prefix, StringComparison.Ordinal) ? stored[Prefix.Length..] : stored;
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal)) return name[..^"gamma".Length] + "weight";
        return name.EndsWith("LayerNorm.beta", StringComparison.Ordinal) ? name[..^"beta".Length] + "bias" : name;
    }

    /// <summary>Heads of other uses, half a pooler, and a count from 0 on that old files hold.</summary>
    private static bool MayBeLeft(string name) => name == "embeddings.position_ids"
        || name.StartsWith("cls.", StringComparison.Ordinal) || name.StartsWith("pooler.", StringComparison.Ordinal);
}
