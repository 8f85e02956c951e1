using System.Numerics;
using Parquet.Meta;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>What columns of a Parquet file hold, in words of their users.</summary>
internal static class ParquetTypes
{
    // The library names texts by how it holds them.
    public static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    /// <summary>True for a time without a date, which the library may give as a number.</summary>
    public static bool IsTimeOfDay(DataField field) =>
        field.ClrType == typeof(TimeOnly) || field.ClrType == typeof(TimeSpan)
        || field.SchemaElement?.LogicalType?.TIME is not null
        || field.SchemaElement?.ConvertedType is ConvertedType.TIME_MILLIS or ConvertedType.TIME_MICROS;

    /// <summary>The content of a column, for the end of "column x holds …".</summary>
    public static string Describe(DataField field)
    {
        var type = field.ClrType;
        return IsText(field) ? "text"
            : IsTimeOfDay(field) ? "times of day (TIME)"
            : type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) ? "binary data (BLOB)"
            : type == typeof(bool) ? "true and false (BOOLEAN)"
            : type == typeof(DateTime) ? "timestamps or dates"
            : type == typeof(Guid) ? "UUIDs"
            : type == typeof(float) || type == typeof(double) ? "real numbers"
            : type == typeof(decimal) || type == typeof(BigInteger) ? "decimal numbers"
            : type.IsPrimitive ? "whole numbers"
            : $"a type that is not read ({type.Name.Split('`')[0]})";
    }

    /// <summary>What a column with columns or several values in it is, for "column x is …".</summary>
    public static string DescribeNested(Field field) => field switch
    {
        StructField => "a structure",
        MapField => "a map",
        _ => "a list",
    };

    /// <summary>The column's place by names with dots between them: <c>context.item</c>.</summary>
    public static string DottedPath(Field field) => string.Join('.', field.Path.ToList());
}
