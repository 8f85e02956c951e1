using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Text;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Language.Sentences;

/// <summary>Folders of pretrained BERTs as encoders of texts.</summary>
public static class BertEncoders
{
    /// <summary>With what the names of these encoders begin.</summary>
    internal const string Kind = "bert";

    private const int NameDigits = 12;

    /// <summary>Lets recipes and the command line name a folder in place of an encoder. May be called more than once.</summary>
    public static void Register() => TextEncoders.RegisterFolders(Open);

    /// <summary>The encoder in a folder, by what the folder holds: its name and identity are the same wherever it lies.</summary>
    /// <param name="folder">As <see cref="BertSentenceEncoder.Open"/> takes it; read to its end once.</param>
    /// <exception cref="TextException">It holds no BERT that this version knows, or cannot be read.</exception>
    public static TextEncoder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ForTexts(() =>
        {
            var settings = SentenceFolder.Read(folder);
            BertConfig.Read(Path.Combine(settings.Network, BertConfig.FileName));
            var hash = settings.ContentHash();
            return new TextEncoder(
                $"{Kind}-{hash[..NameDigits]}", $"the BERT in {folder}", _ => $"{Kind}/1 {hash}",
                _ => ForTexts(() => BertSentenceEncoder.Open(folder)));
        });
    }

    private static T ForTexts<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is CheckpointFolderException or SafetensorsException or IOException or UnauthorizedAccessException)
        {
            throw new TextException(e.Message, e);
        }
    }
}
