using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>Reads columns of one row group in the types of events, whatever their own; an empty field is a fault.</summary>
internal sealed class ParquetColumn(string path, ParquetRowGroupReader group, int rows, long firstRow)
{
    private delegate bool TryConvert<T, TResult>(T value, out TResult result);

    public async Task<string[]> ReadKeysAsync(DataField field)
    {
        if (ParquetTypes.IsText(field))
        {
            var texts = new string[rows];
            await group.ReadAsync(field, texts);
            var missing = Array.FindIndex(texts, string.IsNullOrEmpty);
            return missing < 0 ? texts : throw Fault(missing, $"{field.Name} is empty", "a value");
        }
        if (field.ClrType == typeof(Guid)) return await ReadAsync<Guid, string>(field, TryWrite, "a UUID");
        return await ReadNumbersAsync<KeyOfNumber, string>(field, "a whole number")
            ?? throw Unfit(field, "a column of texts, of whole numbers or of UUIDs");
    }

    /// <param name="field">Numbers, timestamps, or texts of either.</param>
    /// <param name="unit">The unit of numbers.</param>
    public async Task<UnixTime[]> ReadTimesAsync(DataField field, TimeUnit unit)
    {
        if (ParquetTypes.IsText(field)) return Times(await ReadKeysAsync(field), text => UnixTime.Parse(text, unit), text => $"'{text}'");
        if (field.ClrType == typeof(DateTime)) return await ReadAsync<DateTime, UnixTime>(field, TryCount, "a time");
        var numbers = await ReadNumbersAsync<TimeOfNumber, TimeNumber>(field, "a number") ?? throw Unfit(
            field, "a column of numbers or timestamps");
        return Times(numbers, number => number.In(unit), number => number.ToString());

        UnixTime[] Times<T>(T[] found, Func<T, UnixTime?> read, Func<T, string> text)
        {
            var times = new UnixTime[found.Length];
            for (var row = 0; row < times.Length; row++)
                times[row] = read(found[row]) ?? throw Fault(row, $"{field.Name} is {text(found[row])}", UnixTime.Forms);
            return times;
        }
    }

    public async Task<float[]> ReadValuesAsync(DataField field) =>
        field.ClrType == typeof(bool) ? await ReadAsync<bool, float>(field, TryWeigh, "true or false")
        : await ReadNumbersAsync<ValueOfNumber, float>(field, "a number") ?? throw Unfit(
            field, "a column of numbers, or of true and false");

    /// <summary>Null where the column is not one of numbers.</summary>
    private async Task<TResult[]?> ReadNumbersAsync<TConversion, TResult>(DataField field, string expected)
        where TConversion : INumberConversion<TResult> => ParquetTypes.IsTimeOfDay(field) ? null : Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.SByte => await ReadAsync<sbyte, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Byte => await ReadAsync<byte, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Int16 => await ReadAsync<short, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.UInt16 => await ReadAsync<ushort, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Int32 => await ReadAsync<int, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.UInt32 => await ReadAsync<uint, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Int64 => await ReadAsync<long, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.UInt64 => await ReadAsync<ulong, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Single => await ReadAsync<float, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Double => await ReadAsync<double, TResult>(field, TConversion.TryConvert, expected),
            TypeCode.Decimal => await ReadAsync<decimal, TResult>(field, TConversion.TryConvert, expected),
            _ => null,
        };

    private async Task<TResult[]> ReadAsync<T, TResult>(DataField field, TryConvert<T, TResult> convert, string expected)
        where T : struct
    {
        var results = new TResult[rows];
        // A column of a structure may be empty where the structure is.
        if (field.MaxDefinitionLevel > 0)
        {
            var optional = new T?[rows];
            await group.ReadAsync<T>(field, optional);
            for (var i = 0; i < rows; i++)
                Convert(optional[i] ?? throw Fault(i, $"{field.Name} is empty", "a value"), i);
        }
        else
        {
            var values = new T[rows];
            await group.ReadAsync<T>(field, values);
            for (var i = 0; i < rows; i++)
                Convert(values[i], i);
        }
        return results;

        void Convert(T value, int i)
        {
            if (!convert(value, out results[i]))
                throw Fault(i, string.Create(CultureInfo.InvariantCulture, $"{field.Name} '{value}' is not {expected}"), expected);
        }
    }

    private static bool TryWrite(Guid value, out string text)
    {
        text = value.ToString();
        return true;
    }

    private static bool TryCount(DateTime time, out UnixTime result)
    {
        result = UnixTime.Of(time);
        return true;
    }

    private static bool TryWeigh(bool value, out float weight)
    {
        weight = value ? 1 : 0;
        return true;
    }

    private DatasetException Fault(int row, string what, string expected, string remedy = "correct the row or remove it") =>
        new(string.Create(CultureInfo.InvariantCulture, $"row {firstRow + row}: {what}"), path, $"{expected} in every row", remedy);

    private DatasetException Unfit(DataField field, string expected) =>
        new($"column '{field.Name}' holds {ParquetTypes.Describe(field)}", path, expected, "convert the column");
}
