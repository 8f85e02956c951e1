using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>A language model from a folder as Hugging Face's libraries write it, of whatever architecture is known.</summary>
public sealed class LanguageCheckpoint : IDisposable
{
    private readonly nn.Module _network;

    private LanguageCheckpoint(nn.Module network, string kind, int? begin, IReadOnlyList<int> ends) =>
        (_network, Model, Kind, Begin, Ends) = (network, (ILanguageModel)network, kind, begin, ends);

    /// <summary>Writes tokens.</summary>
    public ILanguageModel Model { get; }

    /// <summary>The config's <c>model_type</c>.</summary>
    public string Kind { get; }

    /// <summary>The token that begins a text (<c>bos_token_id</c>); null where the configuration names none.</summary>
    public int? Begin { get; }

    /// <summary>Tokens that end a text (<c>eos_token_id</c>); empty where the configuration names none.</summary>
    public IReadOnlyList<int> Ends { get; }

    /// <summary>True where an encoder reads and a decoder writes.</summary>
    public bool HasEncoder => _network is T5;

    /// <summary>Reads settings and weights.</summary>
    /// <param name="folder">With <c>config.json</c> and safetensors.</param>
    /// <param name="widen">True for weights of float32; false, the default, to keep BF16 and F16 as they are stored.</param>
    /// <exception cref="CheckpointFolderException">It is of no architecture that this version knows, or damaged.</exception>
    /// <exception cref="Tandem.Protocol.Safetensors.SafetensorsException">A file is damaged.</exception>
    public static LanguageCheckpoint Open(string folder, bool widen = false) => Open(folder, widen, new Noise(0));

    /// <summary>Where the weights lie.</summary>
    internal Device Device => _network.parameters().First().device;

    /// <summary>Moves the weights; what is read and what is written may lie anywhere.</summary>
    /// <param name="accelerator">One that is not there leaves them on the processor.</param>
    public void MoveTo(AcceleratorKind accelerator) => MoveTo(Accelerators.Present(accelerator));

    /// <inheritdoc cref="MoveTo(AcceleratorKind)"/>
    internal void MoveTo(Device device) => _network.to(device);

    /// <summary>V, by the settings alone.</summary>
    /// <exception cref="CheckpointFolderException">They are of no architecture that this version knows, or damaged.</exception>
    internal static int VocabularyOf(string folder)
    {
        var path = Path.Combine(folder, LlamaConfig.FileName);
        using var document = JsonFile.Read(path);
        var kind = new ConfigReader(document.RootElement).OneOf("model_type", [.. LlamaConfig.Families, .. T5Config.Families]);
        return T5Config.Families.Contains(kind) ? T5Config.Read(path).Vocabulary : LlamaConfig.Read(path).Vocabulary!.Value;
    }

    /// <summary>What is trained.</summary>
    internal nn.Module Network => _network;

    /// <param name="folder">With <c>config.json</c> and safetensors.</param>
    /// <param name="widen">True for weights of float32.</param>
    /// <param name="noise">Source of dropout masks, should it be trained.</param>
    /// <param name="dropout">Share that is dropped then; null, the default, for the configuration's.</param>
    internal static LanguageCheckpoint Open(string folder, bool widen, Noise noise, double? dropout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, LlamaConfig.FileName);
        using var document = JsonFile.Read(path);
        var config = new ConfigReader(document.RootElement);
        var kind = config.OneOf("model_type", [.. LlamaConfig.Families, .. T5Config.Families]);
        int[] begins = [.. config.WholeFrom0OrList("bos_token_id").Take(1)];
        int? begin = begins.Length == 0 ? null : begins[0];
        var ends = config.WholeFrom0OrList("eos_token_id");
        if (config.Faults.Count > 0) throw new CheckpointFolderException($"{path}: {string.Join("; ", config.Faults)}");
        nn.Module network = T5Config.Families.Contains(kind)
            ? T5Checkpoint.Load(folder, widen, noise, dropout)
            : LlamaCheckpoint.Load(folder, widen, noise, dropout);
        return new(network, kind, begin, ends);
    }

    /// <summary>Logits of every token as the next one, at every step.</summary>
    /// <param name="tokens">[T] tokens that are read.</param>
    /// <param name="written">[T′] that are written, from the start token on, where there is an encoder; null for it alone.</param>
    /// <returns>[T or T′] rows of V.</returns>
    /// <exception cref="ArgumentException">A token is none, or there are none.</exception>
    public IReadOnlyList<float[]> Score(IReadOnlyList<int> tokens, IReadOnlyList<int>? written = null)
    {
        Require(tokens, nameof(tokens));
        if (written is not null) Require(written, nameof(written));
        if (written is not null && !HasEncoder)
            throw new ArgumentException($"{Kind} has no encoder: what is read and what is written are one text", nameof(written));
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var logits = _network is T5 t5
            ? t5.Forward(RowOf(tokens), RowOf(written ?? [t5.StartToken]))
            : ((Llama)_network).forward(RowOf(tokens));
        return [.. TensorValues.Read(logits).ToArray().Chunk(Model.Vocabulary)];
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void Require(IReadOnlyList<int> tokens, string name)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0 || tokens.Any(token => token < 0 || token >= Model.Vocabulary))
            throw new ArgumentException($"expected one token at least, each of 0 … {Model.Vocabulary - 1}", name);
    }

    private static Tensor RowOf(IReadOnlyList<int> tokens) => tensor([.. tokens.Select(token => (long)token)], 1, tokens.Count);
}
