using System.Runtime.Intrinsics;

namespace Tandem.Device.Kernels.Lanes;

/// <summary>
/// Products of int8 rows with an int16 query, summed in int32, at one width of vector. A vector holds <see cref="Count"/> numbers as
/// int16, or half as many sums. Sums are exact, so their order is of no account. Offsets count numbers.
/// </summary>
internal interface IInt8Lanes<TSelf> where TSelf : struct, IInt8Lanes<TSelf>
{
    /// <summary>Numbers of a row in a vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf LoadRow(ref readonly sbyte source, nuint offset);

    static abstract TSelf LoadQuery(ref readonly short source, nuint offset);

    /// <summary>Zero in all but the last <paramref name="count"/> numbers of a query.</summary>
    static abstract TSelf KeepLast(TSelf query, int count);

    /// <summary>Sums, plus the products of neighbours in pairs.</summary>
    static abstract TSelf MultiplyAdd(TSelf row, TSelf query, TSelf sums);

    /// <summary>The totals of four vectors of sums.</summary>
    static abstract Vector128<int> Totals(TSelf first, TSelf second, TSelf third, TSelf fourth);
}
