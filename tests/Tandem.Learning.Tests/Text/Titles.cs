using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Tandem.Data;
using Tandem.Learning.Text;

namespace Tandem.Learning.Tests.Text;

/// <summary>Small catalogues of titles, and an encoder that counts what it is asked for.</summary>
internal static class Titles
{
    /// <summary>Six items; one without a title, two that share one.</summary>
    public static string?[] Few => ["red nail polish", "blue nail polish", null, "hair dryer", " hair dryer ", "hair straightener"];

    public static Catalog Catalog(params ReadOnlySpan<string?> titles)
    {
        var items = new List<ItemDescription>();
        foreach (var title in titles) items.Add(new($"item {items.Count}", title, [], null));
        return new(items);
    }

    public static EmbeddedTitles Embed(
        Catalog catalog, TextSource source, string? cache = null, string? spare = null) =>
        TextVectors.Embed(catalog, source, cache, spare, null, TestContext.Current.CancellationToken);

    public static ItemVectors Of(Catalog catalog, TextSource source, string? cache = null, string? spare = null) =>
        TextVectors.Of(catalog, source, cache, spare, null, TestContext.Current.CancellationToken);

    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        TensorPrimitives.CosineSimilarity(a, b);

    public static double Length(ReadOnlySpan<float> vector) => TensorPrimitives.Norm(vector);
}

/// <summary>Encodes a text as its length and its first letters, and keeps what it was asked.</summary>
internal sealed class CountingEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Texts asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Runs before every batch.</summary>
    public Action? Before { get; set; }

    /// <summary>Changes a vector before it is given.</summary>
    public Func<float[], float[]> Change { get; set; } = vector => vector;

    /// <summary>Registers itself under a name that no other test uses.</summary>
    public TextEncoder Register(string name, Func<string>? identity = null)
    {
        var entry = new TextEncoder(name, "for tests", _ => identity?.Invoke() ?? "weights 1", _ => this);
        TextEncoders.Register(entry);
        return entry;
    }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Before?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        var texts = values.ToArray();
        Asked.AddRange(texts);
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(
            texts.Select(text => new Embedding<float>(Change([text.Length, text[0], text[^1]])))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
