using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// For every item of a catalogue the sum of numbers that its codes look up: Σ table[level][code]. Codes lie level by level, a byte each, so
/// that a pass reads them in a row; four levels are added at a time, over a run of items whose sums stay in the cache. Items of equal codes
/// get equal sums, to the bit.
/// </summary>
internal sealed class CodeSums
{
    /// <summary>K: a code is a byte, and a level's table has as many places.</summary>
    public const int TableSize = 256;

    private const int Together = 4;
    private const int Run = 4096; // items: 16 KB of sums and as much of codes

    private readonly byte[][] _codes;           // [levels, a multiple of 4][V]
    private readonly int _items;

    /// <param name="codes">With at most <see cref="TableSize"/> codes a level.</param>
    public CodeSums(ItemCodes codes)
    {
        if (codes.CodebookSize > TableSize)
            throw new ArgumentException($"{codes.CodebookSize} codes a level; at most {TableSize} can be looked up", nameof(codes));
        _items = codes.Items;
        Levels = (codes.Levels + Together - 1) / Together * Together;
        _codes = [.. Enumerable.Range(0, Levels).Select(_ => new byte[codes.Items])];
        for (var item = 1; item <= codes.Items; item++)
        {
            var own = codes[item];
            for (var level = 0; level < own.Length; level++) _codes[level][item - 1] = (byte)own[level];
        }
    }

    /// <summary>L rounded up to a multiple of 4: the tables of the levels that are none must be 0.</summary>
    public int Levels { get; }

    /// <summary>sums[v − 1] += Σ tables[level][code of item v].</summary>
    /// <param name="tables">[<see cref="Levels"/>, <see cref="TableSize"/>].</param>
    /// <param name="sums">[V].</param>
    public void AddTo(ReadOnlySpan<float> tables, Span<float> sums)
    {
        if (tables.Length != Levels * TableSize || sums.Length != _items)
            throw new ArgumentException($"{tables.Length} numbers for {Levels} × {TableSize} places, {sums.Length} sums of {_items} items");
        for (var first = 0; first < _items; first += Run)
        {
            var count = Math.Min(Run, _items - first);
            for (var level = 0; level < Levels; level += Together)
            {
                AddFour(
                    tables.Slice(level * TableSize, Together * TableSize), _codes[level].AsSpan(first, count),
                    _codes[level + 1].AsSpan(first, count), _codes[level + 2].AsSpan(first, count), _codes[level + 3].AsSpan(first, count),
                    sums.Slice(first, count));
            }
        }
    }

    /// <summary>A byte is always within a table of 256 places, so nothing needs to be checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFour(
        ReadOnlySpan<float> tables, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> fourth, Span<float> sums)
    {
        ref var t = ref MemoryMarshal.GetReference(tables);
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var c = ref MemoryMarshal.GetReference(third);
        ref var d = ref MemoryMarshal.GetReference(fourth);
        ref var s = ref MemoryMarshal.GetReference(sums);
        for (nint i = 0; i < sums.Length; i++)
        {
            var ab = Unsafe.Add(ref t, (nint)Unsafe.Add(ref a, i)) + Unsafe.Add(ref t, TableSize + (nint)Unsafe.Add(ref b, i));
            var cd = Unsafe.Add(ref t, 2 * TableSize + (nint)Unsafe.Add(ref c, i))
                + Unsafe.Add(ref t, 3 * TableSize + (nint)Unsafe.Add(ref d, i));
            Unsafe.Add(ref s, i) += ab + cd;
        }
    }
}
