namespace Tandem.Cloud.Stores;

/// <summary>
/// Event ids as a SQLite file holds them: a UUID in small letters, which is what most devices make, is a blob of its 16 bytes; anything
/// else is text. Two ids are the same where the columns are.
/// </summary>
internal static class EventIdColumn
{
    private const string Format = "D";
    private const int Letters = 36, Bytes = 16;

    public static SqliteStatement Bind(SqliteStatement statement, int parameter, string id)
    {
        if (id.Length != Letters || !Guid.TryParseExact(id, Format, out var guid)) return statement.Text(parameter, id);
        Span<char> letters = stackalloc char[Letters];
        Span<byte> bytes = stackalloc byte[Bytes];
        return guid.TryFormat(letters, out _, Format) && letters.SequenceEqual(id) && guid.TryWriteBytes(bytes, bigEndian: true, out _)
            ? statement.Blob(parameter, bytes)
            : statement.Text(parameter, id);
    }

    public static string Read(object column) => column switch
    {
        string text => text,
        byte[] { Length: Bytes } bytes => new Guid(bytes, bigEndian: true).ToString(Format),
        _ => throw new StoreException($"an event's id is {column.GetType().Name}; the file is damaged, put a backup in its place"),
    };
}
