using Tandem.Learning.Transfer;

namespace Tandem.Learning.Training;

/// <summary>A recipe's settings of a transfer and the source that was read for them; off where either is missing.</summary>
internal readonly record struct AskedTransfer(TransferOptions? Options, TransferSource? Source)
{
    /// <summary>The settings by which a checkpoint knows the transfer: a source by its numbers, not by where it lies.</summary>
    public TransferOptions? Described => IsOn ? Options! with { From = null } : null;

    /// <summary>Names the source's numbers, a line; nothing where the transfer is off.</summary>
    public string Read => IsOn ? $"\ntransfer {Source!.Hash}" : "";

    private bool IsOn => Source is not null && Options is { IsOn: true };

    /// <summary>The part of the loop; null where the transfer is off.</summary>
    /// <param name="replicas">The target's.</param>
    /// <param name="seed">Of the training.</param>
    public TransferLearning? Part(IReadOnlyList<Replica> replicas, int seed) =>
        IsOn ? new([.. replicas.Select(replica => replica.Network)], Source!, Options!, seed) : null;
}
