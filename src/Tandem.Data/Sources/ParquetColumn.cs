using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>Reads columns of one row group in the types of events, whatever their own; an empty field is a fault.</summary>
internal sealed class ParquetColumn(string path, ParquetRowGroupReader group, int rows, long firstRow)
{
    public async Task<string[]> ReadKeysAsync(DataField field)
    {
        if (IsText(field))
        {
            var texts = new string?[rows];
            await group.ReadAsync(field, texts!);
            return Filled(field, texts, text => text is { Length: > 0 }, text => text!);
        }
        if (field.ClrType == typeof(int)) return await ReadAsync<int, string>(field, number => number.ToString(CultureInfo.InvariantCulture));
        if (field.ClrType == typeof(long)) return await ReadAsync<long, string>(field, number => number.ToString(CultureInfo.InvariantCulture));
        throw Unfit(field, "a column of texts or of whole numbers");
    }

    /// <param name="field">Numbers, timestamps, or texts of either.</param>
    /// <param name="unit">The unit of numbers.</param>
    public async Task<UnixTime[]> ReadTimesAsync(DataField field, TimeUnit unit)
    {
        return IsText(field)
            ? Array.ConvertAll(await ReadKeysAsync(field), text => UnixTime.Parse(text, unit) ?? throw NoTime(field, $"'{text}'"))
            : field.ClrType == typeof(DateTime) ? await ReadAsync<DateTime, UnixTime>(field, UnixTime.Of)
            : field.ClrType == typeof(long) ? await ReadAsync<long, UnixTime>(field, time => UnixTime.Of(time, unit))
            : field.ClrType == typeof(int) ? await ReadAsync<int, UnixTime>(field, time => UnixTime.Of(time, unit))
            : field.ClrType == typeof(double) ? await ReadAsync<double, UnixTime>(field, Real)
            : field.ClrType == typeof(float) ? await ReadAsync<float, UnixTime>(field, time => Real(time))
            : throw Unfit(field, "a column of numbers or timestamps");

        UnixTime Real(double time) => UnixTime.Of(time, unit) ?? throw NoTime(field, time.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<float[]> ReadValuesAsync(DataField field) =>
        field.ClrType == typeof(float) ? await ReadAsync<float, float>(field, value => value)
        : field.ClrType == typeof(double) ? await ReadAsync<double, float>(field, value => (float)value)
        : field.ClrType == typeof(int) ? await ReadAsync<int, float>(field, value => value)
        : field.ClrType == typeof(long) ? await ReadAsync<long, float>(field, value => value)
        : throw Unfit(field, "a column of numbers");

    private async Task<TResult[]> ReadAsync<T, TResult>(DataField field, Converter<T, TResult> convert)
        where T : struct
    {
        if (field.IsNullable)
        {
            var optional = new T?[rows];
            await group.ReadAsync<T>(field, optional);
            return Filled(field, optional, value => value is not null, value => convert(value!.Value));
        }
        var values = new T[rows];
        await group.ReadAsync<T>(field, values);
        return Array.ConvertAll(values, convert);
    }

    private TResult[] Filled<T, TResult>(DataField field, T[] values, Predicate<T> isThere, Converter<T, TResult> convert)
    {
        var missing = Array.FindIndex(values, value => !isThere(value));
        if (missing >= 0)
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"row {firstRow + missing}: {field.Name} is empty"), path,
                "a value in every row", "correct the row or remove it");
        return Array.ConvertAll(values, convert);
    }

    /// <summary>The library names texts by how it holds them.</summary>
    private static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private DatasetException NoTime(DataField field, string found) =>
        new($"column '{field.Name}' holds {found}", path, UnixTime.Forms, "correct the row or remove it");

    private DatasetException Unfit(DataField field, string expected) =>
        new($"column '{field.Name}' holds {field.ClrType.Name}", path, expected, "convert the column");
}
