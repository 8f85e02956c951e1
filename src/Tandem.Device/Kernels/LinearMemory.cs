using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// One event of a linear TTT layer, the heads side by side (arXiv 2407.04620): what the memory W, b answers to a key and to a query, and
/// what the event writes into the sums S, s of its mini-batch. A head's matrix is [F × F], row f belonging to input f, and its bias [F]
/// follows. Four vectors are done together, of four heads or of one, each number a chain over f; a vector by itself keeps two chains,
/// of even and of odd f.
/// </summary>
internal static partial class LinearMemory
{
    /// <summary>z = k W + b, y = q W + b.</summary>
    /// <param name="k">[H × F].</param>
    /// <param name="q">[H × F].</param>
    /// <param name="memory">[H × (F² + F)].</param>
    /// <param name="headWidth">F.</param>
    /// <param name="z">[H × F], apart from the inputs.</param>
    /// <param name="y">[H × F], apart from the inputs.</param>
    public static void Read(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, Span<float> z, Span<float> y)
    {
        if (Vector512.IsHardwareAccelerated && headWidth % Lanes512.Count == 0) Read<Lanes512>(k, q, memory, headWidth, z, y);
        else if (Vector256.IsHardwareAccelerated && headWidth % Lanes256.Count == 0) Read<Lanes256>(k, q, memory, headWidth, z, y);
        else if (Vector128.IsHardwareAccelerated && headWidth % Lanes128.Count == 0) Read<Lanes128>(k, q, memory, headWidth, z, y);
        else ReadScalar(k, q, memory, headWidth, z, y);
    }

    /// <summary>Heads of whole vectors; any others go to <see cref="ReadScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Read<TLanes>(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, Span<float> z, Span<float> y)
        where TLanes : struct, ILanes<TLanes>
    {
        if (headWidth % TLanes.Count != 0)
        {
            ReadScalar(k, q, memory, headWidth, z, y);
            return;
        }

        Require(k, q, memory, headWidth, z, y);
        var (F, P, count, end) = ((nuint)headWidth, (nuint)(headWidth * (headWidth + 1)), (nuint)TLanes.Count, (nuint)k.Length);
        var rows = new Rows(k, q, z, y);
        ref var W = ref MemoryMarshal.GetReference(memory);
        nuint at = 0;
        if (F == count)
        {
            for (; at + 4 * F <= end; at += 4 * F) ReadFour<TLanes>(rows.At(at, at), ref Unsafe.Add(ref W, at / F * P), P, F, F);
        }

        for (; at < end; at += F)
        {
            nuint column = 0;
            ref var head = ref Unsafe.Add(ref W, at / F * P);
            for (; column + 4 * count <= F; column += 4 * count)
                ReadFour<TLanes>(rows.At(at, at + column), ref Unsafe.Add(ref head, column), count, inputStep: 0, F);
            for (; column < F; column += count) ReadOne<TLanes>(rows.At(at, at + column), ref Unsafe.Add(ref head, column), F);
        }
    }

    /// <summary>The oracle: inputs from left to right.</summary>
    internal static void ReadScalar(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, Span<float> z, Span<float> y)
    {
        Require(k, q, memory, headWidth, z, y);
        for (var o = 0; o < z.Length; o++)
        {
            var (from, column) = (o - o % headWidth, o % headWidth);
            var head = memory.Slice(from * (headWidth + 1), headWidth * (headWidth + 1));
            (z[o], y[o]) = (head[headWidth * headWidth + column], head[headWidth * headWidth + column]);
            for (var f = 0; f < headWidth; f++)
            {
                z[o] += k[from + f] * head[f * headWidth + column];
                y[o] += q[from + f] * head[f * headWidth + column];
            }
        }
    }

    /// <summary>Four vectors, a step apart in the memory, of inputs that are an input step apart.</summary>
    [MethodImpl(Hot.Loop)]
    private static void ReadFour<TLanes>(Rows rows, ref float W, nuint step, nuint inputStep, nuint F) where TLanes : struct, ILanes<TLanes>
    {
        ref var bias = ref Unsafe.Add(ref W, F * F);
        var (z0, z1) = (TLanes.Load(in bias, 0), TLanes.Load(in bias, step));
        var (z2, z3) = (TLanes.Load(in bias, 2 * step), TLanes.Load(in bias, 3 * step));
        var (y0, y1, y2, y3) = (z0, z1, z2, z3);
        ref var k = ref rows.K;
        ref var q = ref rows.Q;
        for (nuint f = 0; f < F; f++)
        {
            var w = TLanes.Load(in W, 0);
            z0 = TLanes.MultiplyAdd(TLanes.Broadcast(k), w, z0);
            y0 = TLanes.MultiplyAdd(TLanes.Broadcast(q), w, y0);
            w = TLanes.Load(in W, step);
            z1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref k, inputStep)), w, z1);
            y1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, inputStep)), w, y1);
            w = TLanes.Load(in W, 2 * step);
            z2 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref k, 2 * inputStep)), w, z2);
            y2 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, 2 * inputStep)), w, y2);
            w = TLanes.Load(in W, 3 * step);
            z3 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref k, 3 * inputStep)), w, z3);
            y3 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref q, 3 * inputStep)), w, y3);
            W = ref Unsafe.Add(ref W, F);
            k = ref Unsafe.Add(ref k, 1);
            q = ref Unsafe.Add(ref q, 1);
        }

        StoreFour(z0, z1, z2, z3, ref rows.Z);
        StoreFour(y0, y1, y2, y3, ref rows.Y);
    }

    [MethodImpl(Hot.Loop)]
    private static void ReadOne<TLanes>(Rows rows, ref float W, nuint F) where TLanes : struct, ILanes<TLanes>
    {
        var (z0, z1, y1) = (TLanes.Load(in W, F * F), TLanes.Zero, TLanes.Zero);
        var y0 = z0;
        for (nuint f = 0; f < F; f += 2)
        {
            var (even, odd) = (TLanes.Load(in W, f * F), TLanes.Load(in W, (f + 1) * F));
            z0 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.K, f)), even, z0);
            y0 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.Q, f)), even, y0);
            z1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.K, f + 1)), odd, z1);
            y1 = TLanes.MultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref rows.Q, f + 1)), odd, y1);
        }

        TLanes.Store(z0 + z1, ref rows.Z, 0);
        TLanes.Store(y0 + y1, ref rows.Y, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour<TLanes>(TLanes first, TLanes second, TLanes third, TLanes fourth, ref float destination)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(first, ref destination, 0);
        TLanes.Store(second, ref destination, (nuint)TLanes.Count);
        TLanes.Store(third, ref destination, 2 * (nuint)TLanes.Count);
        TLanes.Store(fourth, ref destination, 3 * (nuint)TLanes.Count);
    }

    private static void Require(
        ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> memory, int headWidth, ReadOnlySpan<float> z,
            ReadOnlySpan<float> y)
    {
        Shapes.RequireAtLeast(headWidth, 1);
        Shapes.RequireLength(k.Length % headWidth, 0, "the rest of whole heads");
        Shapes.RequireLength(q.Length, k.Length);
        Shapes.RequireLength(memory.Length, k.Length * (headWidth + 1L));
        Shapes.RequireLength(z.Length, k.Length);
        Shapes.RequireLength(y.Length, k.Length);
    }

    /// <summary>Where an event's rows lie.</summary>
    private readonly ref struct Rows
    {
        public readonly ref float K;
        public readonly ref float Q;
        public readonly ref float Z;
        public readonly ref float Y;

        public Rows(ReadOnlySpan<float> k, ReadOnlySpan<float> q, ReadOnlySpan<float> z, Span<float> y)
            : this(
                ref MemoryMarshal.GetReference(k), ref MemoryMarshal.GetReference(q),
                ref MemoryMarshal.GetReference(z), ref MemoryMarshal.GetReference(y))
        {
        }

        private Rows(ref float k, ref float q, ref float z, ref float y)
        {
            K = ref k;
            Q = ref q;
            Z = ref z;
            Y = ref y;
        }

        /// <summary>From an input of key and query on, and from an output of the others.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rows At(nuint input, nuint output) =>
            new(ref Unsafe.Add(ref K, input), ref Unsafe.Add(ref Q, input), ref Unsafe.Add(ref Z, output), ref Unsafe.Add(ref Y, output));
    }
}
