using System.Diagnostics;
using Microsoft.Extensions.AI;
using Tandem.Data;

namespace Tandem.Learning.Text;

/// <summary>
/// Vectors of items' titles. Each distinct title is encoded once, and kept in a file under a hash of its text, so that neither the
/// numbering of the items nor items that come later make it worthless.
/// </summary>
public sealed class TextVectors
{
    private const int Chunk = 512;                      // titles between two looks at the clock and at cancellation
    private const double SecondsUnsaved = 10;           // of work that a crash may cost
    private const double ShareOfSaving = 0.05;          // of the time that writing the file may take, as it grows

    private readonly TextEncoder _encoder;
    private readonly DistinctTitles _titles;
    private readonly VectorsPlace _place;
    private readonly string _identity;
    private readonly UInt128[] _keys;                   // of the titles
    private readonly Dictionary<UInt128, float[]> _vectors;

    private TextVectors(TextEncoder encoder, DistinctTitles titles, VectorsPlace place)
    {
        (_encoder, _titles, _place) = (encoder, titles, place);
        _identity = encoder.Identity(titles.Texts);
        _keys = [.. titles.Texts.Select(TextKey.Of)];
        _vectors = place.Read(encoder.Name, _identity);
    }

    /// <summary>The file's name where nobody names one, such as <c>vectors-minilm.safetensors</c>.</summary>
    /// <param name="encoder">Name of the encoder; of one in a folder the name that follows from what the folder holds.</param>
    /// <exception cref="TextException">A folder cannot be used.</exception>
    public static string FileName(string encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return $"vectors-{(TextEncoders.IsFolder(encoder) ? TextEncoders.Find(encoder).Name : encoder)}.safetensors";
    }

    /// <inheritdoc cref="Embed"/>
    /// <returns>Of length 1 each; items without text have none.</returns>
    public static ItemVectors Of(
        Catalog catalog, TextSource source, string? cache = null, string? spare = null, Action<int, int>? progress = null,
        CancellationToken cancel = default) => Embed(catalog, source, cache, spare, progress, cancel).Vectors;

    /// <summary>
    /// Reads vectors that are kept, encodes the titles that are missing, and keeps these too: every few seconds, and when it is cancelled,
    /// so that little is lost.
    /// </summary>
    /// <param name="catalog">Its items' titles.</param>
    /// <param name="source">The encoder, and perhaps a file; then the two that follow play no part.</param>
    /// <param name="cache">The file that keeps the vectors, made where it is missing; null to keep none.</param>
    /// <param name="spare">Takes its place where it cannot be written; null to make that a fault.</param>
    /// <param name="progress">Receives how many of the missing titles are encoded, and how many are missing.</param>
    /// <param name="cancel">Stops between two batches of titles.</param>
    /// <exception cref="ArgumentException">The settings have faults.</exception>
    /// <exception cref="TextException">No item has a title, a file cannot be used, or the encoder gives no vectors.</exception>
    public static EmbeddedTitles Embed(
        Catalog catalog, TextSource source, string? cache = null, string? spare = null, Action<int, int>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(source);
        SettingFaults.ThrowIfAny(source.Validate(), nameof(source));
        var titles = new DistinctTitles(catalog);
        return new TextVectors(TextEncoders.Find(source.Encoder), titles, new(source.Vectors, cache, spare)).Complete(progress, cancel);
    }

    private EmbeddedTitles Complete(Action<int, int>? progress, CancellationToken cancel)
    {
        // Long ones first: the rest goes ever faster, and texts of like length stand together.
        var missing = Enumerable.Range(0, _keys.Length).Where(text => !_vectors.ContainsKey(_keys[text]))
            .OrderByDescending(text => _titles.Texts[text].Length).ThenBy(text => text).ToArray();
        var seconds = missing.Length > 0 ? Encode(missing, progress, cancel) : 0;
        var vectors = _titles.Spread(_encoder.Name, [.. _keys.Select(key => _vectors[key])]);
        return new(vectors, _titles.WithText, _keys.Length, missing.Length, seconds, _place.File);
    }

    /// <returns>Seconds of the encoder.</returns>
    private double Encode(int[] missing, Action<int, int>? progress, CancellationToken cancel)
    {
        _place.Prepare();
        using var generator = _encoder.Create(_titles.Texts);
        var (done, unsaved, encoding) = (0, false, new Stopwatch());
        var (sinceSaved, allowed) = (Stopwatch.StartNew(), SecondsUnsaved);
        try
        {
            foreach (var chunk in missing.Chunk(Chunk))
            {
                cancel.ThrowIfCancellationRequested();
                encoding.Start();
                Encode(generator, chunk, cancel);
                encoding.Stop();
                (done, unsaved) = (done + chunk.Length, true);
                progress?.Invoke(done, missing.Length);
                if (sinceSaved.Elapsed.TotalSeconds > allowed) Save();
            }
        }
        finally
        {
            if (unsaved) Save();
        }

        return encoding.Elapsed.TotalSeconds;

        void Save()
        {
            sinceSaved.Restart();
            _place.Write(_encoder.Name, _identity, _vectors);
            allowed = Math.Max(SecondsUnsaved, sinceSaved.Elapsed.TotalSeconds / ShareOfSaving);
            sinceSaved.Restart();
            unsaved = false;
        }
    }

    private void Encode(IEmbeddingGenerator<string, Embedding<float>> generator, int[] texts, CancellationToken cancel)
    {
        var asked = texts.Select(text => _titles.Texts[text]).ToArray();
        var embeddings = generator.GenerateAsync(asked, null, cancel).GetAwaiter().GetResult();
        if (embeddings.Count != texts.Length) throw Refusal($"gave {embeddings.Count} vectors for {texts.Length} texts");
        foreach (var (text, embedding) in texts.Zip(embeddings))
        {
            var vector = embedding.Vector.ToArray();
            if (vector.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) throw Refusal("gave a vector that is not finite");
            if (vector.Length == 0 || _vectors.Values.FirstOrDefault() is { } other && other.Length != vector.Length)
                throw Refusal("gave vectors of several lengths");
            UnitLength.Scale(vector);
            _vectors[_keys[text]] = vector;
        }
    }

    private TextException Refusal(string fault) =>
        new($"encoder '{_encoder.Name}' {fault}; expected a vector of one length for each text, so correct the encoder");
}
