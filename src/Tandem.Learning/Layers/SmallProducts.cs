using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Learning.Layers;

/// <summary>
/// Products of matrices of some ten rows and columns, row-major, where a call into a library would cost more than the product. The width
/// of every row that is added up is a multiple of <see cref="Lanes"/>.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal static class SmallProducts<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements of a vector.</summary>
    public static int Lanes => Vector256<T>.Count;

    /// <summary>C[i, :] += Σ_j a(i, j) B[j, :] with a(i, j) = A[i · rowStep + j · columnStep], so that A may lie transposed.</summary>
    /// <param name="C">[rows, width].</param>
    /// <param name="A">rows × inner elements.</param>
    /// <param name="rowStep">From one row of a to the next.</param>
    /// <param name="columnStep">From one column of a to the next.</param>
    /// <param name="B">[inner, width].</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Rows of B.</param>
    /// <param name="width">Columns of B and C.</param>
    public static void Add(Span<T> C, ReadOnlySpan<T> A, int rowStep, int columnStep, ReadOnlySpan<T> B, int rows, int inner, int width)
    {
        ref var c = ref MemoryMarshal.GetReference(C[..(rows * width)]);
        ref var a = ref MemoryMarshal.GetReference(A[..((rows - 1) * rowStep + (inner - 1) * columnStep + 1)]);
        ref var b = ref MemoryMarshal.GetReference(B[..(inner * width)]);
        var i = 0;
        for (; i + 4 <= rows; i += 4)
            AddFour(ref Unsafe.Add(ref c, i * width), ref Unsafe.Add(ref a, i * rowStep), rowStep, columnStep, ref b, inner, width);
        for (; i < rows; i++)
            AddOne(ref Unsafe.Add(ref c, i * width), ref Unsafe.Add(ref a, i * rowStep), columnStep, ref b, inner, width);
    }

    /// <summary>xᵀ y.</summary>
    public static T Dot(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y[..x.Length]);
        var sum = Vector256<T>.Zero;
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Lanes)
            sum = MultiplyAdd(Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i), sum);
        return Vector256.Sum(sum);
    }

    /// <summary>Writes Xᵀ of a square X.</summary>
    public static void Transpose(ReadOnlySpan<T> X, Span<T> destination, int width)
    {
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++) destination[j * width + i] = X[i * width + j];
        }
    }

    /// <summary>x y + z, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> x, Vector256<T> y, Vector256<T> z) => typeof(T) == typeof(float)
        ? Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
        : Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    private static void AddFour(ref T c, ref T a, int rowStep, int columnStep, ref T b, int inner, int width)
    {
        for (var x = 0; x < width; x += Lanes)
        {
            ref var c0 = ref Unsafe.Add(ref c, x);
            ref var c1 = ref Unsafe.Add(ref c0, width);
            ref var c2 = ref Unsafe.Add(ref c1, width);
            ref var c3 = ref Unsafe.Add(ref c2, width);
            var (s0, s1) = (Vector256.LoadUnsafe(ref c0), Vector256.LoadUnsafe(ref c1));
            var (s2, s3) = (Vector256.LoadUnsafe(ref c2), Vector256.LoadUnsafe(ref c3));
            ref var row = ref Unsafe.Add(ref b, x);
            ref var weight = ref a;
            for (var j = 0; j < inner; j++)
            {
                var r = Vector256.LoadUnsafe(ref row);
                s0 = MultiplyAdd(Vector256.Create(weight), r, s0);
                s1 = MultiplyAdd(Vector256.Create(Unsafe.Add(ref weight, rowStep)), r, s1);
                s2 = MultiplyAdd(Vector256.Create(Unsafe.Add(ref weight, 2 * rowStep)), r, s2);
                s3 = MultiplyAdd(Vector256.Create(Unsafe.Add(ref weight, 3 * rowStep)), r, s3);
                row = ref Unsafe.Add(ref row, width);
                weight = ref Unsafe.Add(ref weight, columnStep);
            }

            s0.StoreUnsafe(ref c0);
            s1.StoreUnsafe(ref c1);
            s2.StoreUnsafe(ref c2);
            s3.StoreUnsafe(ref c3);
        }
    }

    private static void AddOne(ref T c, ref T a, int columnStep, ref T b, int inner, int width)
    {
        for (var x = 0; x < width; x += Lanes)
        {
            ref var destination = ref Unsafe.Add(ref c, x);
            var sum = Vector256.LoadUnsafe(ref destination);
            for (var j = 0; j < inner; j++)
            {
                sum = MultiplyAdd(
                    Vector256.Create(Unsafe.Add(ref a, j * columnStep)), Vector256.LoadUnsafe(ref b, (nuint)(j * width + x)), sum);
            }

            sum.StoreUnsafe(ref destination);
        }
    }
}
