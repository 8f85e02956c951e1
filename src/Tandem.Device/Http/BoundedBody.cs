namespace Tandem.Device.Http;

/// <summary>Reads a body that is not trusted to end.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 16_384;
    private const int MostTakenAtOnce = 1 << 20;

    /// <summary>The whole body, unless it is longer than it may be; then it is left where that shows.</summary>
    /// <remarks>Memory is taken for what has come, never for what a header claims.</remarks>
    /// <param name="content">Of an answer; decompressed already where the handler does that.</param>
    /// <param name="most">Bytes, at most <see cref="Array.MaxLength"/>.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>The bytes, or null where there are more.</returns>
    public static async ValueTask<byte[]?> TryReadAsync(HttpContent content, long most, CancellationToken cancel)
    {
        var claimed = content.Headers.ContentLength;
        if (claimed > most) return null;
        var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var bytes = new byte[Math.Min(most, Math.Min(claimed ?? FirstBytes, MostTakenAtOnce))];
            var length = 0;
            while (true)
            {
                if (length == bytes.Length && length < most)
                    Array.Resize(ref bytes, (int)Math.Min(most, Math.Max(2L * length, FirstBytes)));
                if (length == bytes.Length) break;
                var read = await stream.ReadAsync(bytes.AsMemory(length), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    Array.Resize(ref bytes, length);
                    return bytes;
                }

                length += read;
            }

            return await stream.ReadAsync(new byte[1].AsMemory(), cancel).ConfigureAwait(false) == 0 ? bytes : null;
        }
    }
}
