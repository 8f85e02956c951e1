using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>
/// Keys and values of one block, H heads of width F. The prompt's are held once for all beams of a sequence; a beam adds only its
/// own steps, so W beams cost W × S, not W × (T + S).
/// </summary>
public sealed class LayerCache : IDisposable
{
    private Tensor? _promptKeys, _promptValues, _beamKeys, _beamValues, _sourceKeys, _sourceValues;

    /// <summary>[B, H, T, F].</summary>
    public Tensor PromptKeys => _promptKeys!;

    /// <summary>[B, H, T, F].</summary>
    public Tensor PromptValues => _promptValues!;

    /// <summary>[B, H, T′, F]: of the text that an encoder has read; the prompt is then what the decoder starts from.</summary>
    public Tensor SourceKeys => _sourceKeys!;

    /// <summary>[B, H, T′, F].</summary>
    public Tensor SourceValues => _sourceValues!;

    /// <summary>[B, 1, 1, T or T′] −∞ at the padding of the text that is read; null where there is none. Blocks share it.</summary>
    public Tensor? Mask { get; private set; }

    /// <summary>[B, H, W, S, F].</summary>
    public Tensor BeamKeys => _beamKeys!;

    /// <summary>[B, H, W, S, F].</summary>
    public Tensor BeamValues => _beamValues!;

    /// <summary>True once beams have steps of their own.</summary>
    public bool HasBeams => _beamKeys is not null;

    /// <summary>T + S, the position of the next token.</summary>
    public int Steps => (int)(PromptKeys.shape[2] + (_beamKeys?.shape[3] ?? 0));

    /// <summary>Takes the prompt's keys and values.</summary>
    /// <param name="keys">[B, H, T, F].</param>
    /// <param name="values">[B, H, T, F].</param>
    public void SetPrompt(Tensor keys, Tensor values) =>
        (_promptKeys, _promptValues) = (keys.contiguous().DetachFromDisposeScope(), values.contiguous().DetachFromDisposeScope());

    /// <summary>Takes keys and values of the text that an encoder has read.</summary>
    /// <param name="keys">[B, H, T′, F].</param>
    /// <param name="values">[B, H, T′, F].</param>
    public void SetSource(Tensor keys, Tensor values) =>
        (_sourceKeys, _sourceValues) = (keys.contiguous().DetachFromDisposeScope(), values.contiguous().DetachFromDisposeScope());

    /// <summary>Takes what hides padding.</summary>
    /// <param name="mask">[B, 1, 1, T or T′]; null for nothing.</param>
    public void SetMask(Tensor? mask) => Mask = mask?.alias().DetachFromDisposeScope();

    /// <summary>Appends the newest step of every beam.</summary>
    /// <param name="keys">[B, H, W, F].</param>
    /// <param name="values">[B, H, W, F].</param>
    public void AddStep(Tensor keys, Tensor values)
    {
        Append(ref _beamKeys, keys);
        Append(ref _beamValues, values);
    }

    /// <summary>Keeps for each beam the steps of the beam that it continues.</summary>
    /// <param name="parents">[B, W] int64, on any device: the number of the parent beam within its sequence.</param>
    public void Reorder(Tensor parents)
    {
        using var alike = parents.to(PromptKeys.device);
        Reorder(ref _beamKeys, alike);
        Reorder(ref _beamValues, alike);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { _promptKeys, _promptValues, _beamKeys, _beamValues, _sourceKeys, _sourceValues, Mask })
            tensor?.Dispose();
    }

    private static void Append(ref Tensor? beams, Tensor step)
    {
        var old = beams;
        using var added = step.unsqueeze(3);                                            // [B, H, W, 1, F]
        beams = (old is null ? added.contiguous() : cat([old, added], dim: 3)).DetachFromDisposeScope();
        old?.Dispose();
    }

    private static void Reorder(ref Tensor? beams, Tensor parents)
    {
        if (beams is not { } old) return;
        using var scope = NewDisposeScope();
        var (heads, steps, width) = (old.shape[1], old.shape[3], old.shape[4]);
        var index = parents.view(parents.shape[0], 1, parents.shape[1], 1, 1).expand(-1, heads, -1, steps, width);
        beams = old.gather(2, index).DetachFromDisposeScope();
        old.Dispose();
    }
}
