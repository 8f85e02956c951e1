using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>
/// Lists that were made lately, by model, history and length: what a device asks again after a lost answer costs no model.
/// </summary>
/// <param name="options">Bounds.</param>
/// <param name="time">The clock.</param>
internal sealed class ListCache(ListCacheOptions options, TimeProvider time) : IDisposable
{
    private readonly MemoryCache _lists = new(new MemoryCacheOptions { SizeLimit = options.MostCandidates });

    /// <summary>The list of a request, with its age; null where there is none.</summary>
    public (CandidateList List, TimeSpan Age)? Find(in ListKey key) =>
        _lists.TryGetValue(key, out var found) && found is Kept kept
            ? (kept.List, time.GetElapsedTime(kept.Made))
            : null;

    /// <summary>Keeps a list.</summary>
    public void Add(in ListKey key, CandidateList list)
    {
        if (options.MostCandidates == 0) return;
        _lists.Set(key, new Kept(list, time.GetTimestamp()), new MemoryCacheEntryOptions
        {
            Size = list.Items.Count + 1,
            AbsoluteExpirationRelativeToNow = options.LongestAge,
        });
    }

    public void Dispose() => _lists.Dispose();

    private sealed record Kept(CandidateList List, long Made);
}

/// <summary>SHA-256 over all that a list depends on: of two users' requests none is taken for the other's.</summary>
internal readonly record struct ListKey(UInt128 High, UInt128 Low)
{
    /// <param name="model">Version of the weights.</param>
    /// <param name="request">Complete.</param>
    public static ListKey Of(string model, CandidateRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(model.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes<int>(
            [request.Count, request.IncludeSeen ? 1 : 0, request.History.Count, request.Times?.Count ?? -1, request.Values?.Count ?? -1]));
        hash.AppendData(MemoryMarshal.AsBytes<int>(request.History.ToArray()));
        if (request.Times is { } times) hash.AppendData(MemoryMarshal.AsBytes<long>(times.ToArray()));
        if (request.Values is { } values) hash.AppendData(MemoryMarshal.AsBytes<float>(values.ToArray()));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }
}
