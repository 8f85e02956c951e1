using Tandem.Learning.Text;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Text;

public sealed class TextVectorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Items_have_the_vector_of_their_trimmed_title_and_none_without_one()
    {
        var source = Source("spread", out var encoder);
        var found = Titles.Embed(Titles.Catalog([.. Titles.Few, "", " \t"]), source);
        Assert.Equal((5, 4, 4, null), (found.WithText, found.DistinctTexts, found.Embedded, found.File));
        Assert.Equal(4, encoder.Asked.Distinct().Count());
        var vectors = found.Vectors;
        Assert.Equal(("spread", 8, 3, 5), (vectors.Source, vectors.Items, vectors.Width, vectors.Known));
        Assert.Equal([true, true, false, true, true, true, false, false], Enumerable.Range(1, 8).Select(vectors.Has));
        Assert.Equal(vectors[4], vectors[5]);
        foreach (var item in (int[])[1, 2, 4, 5, 6]) Assert.Equal(1, Titles.Length(vectors[item]), 5);
        var length = Math.Sqrt(15 * 15 + 'r' * 'r' + 'h' * 'h');
        Assert.Equal([(float)(15 / length), (float)('r' / length), (float)('h' / length)], vectors[1].ToArray(), (a, b) =>
            Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void What_is_kept_is_not_encoded_again_whatever_the_numbering_and_what_is_new_is_added()
    {
        var source = Source("kept", out var encoder);
        var first = Titles.Embed(Titles.Catalog(Titles.Few), source, _folder["v.safetensors"]);
        Assert.Equal(_folder["v.safetensors"], first.File);
        encoder.Asked.Clear();

        var turned = Titles.Embed(
            Titles.Catalog([.. Titles.Few.Reverse(), "a comb"]), source, _folder["v.safetensors"]);
        Assert.Equal(["a comb"], encoder.Asked);
        Assert.Equal((5, 1), (turned.DistinctTexts, turned.Embedded));
        for (var item = 1; item <= 6; item++) Assert.Equal(first.Vectors[item], turned.Vectors[7 - item]);

        encoder.Asked.Clear();
        Assert.Equal(0, Titles.Embed(Titles.Catalog("a comb", "hair dryer"), source, _folder["v.safetensors"]).Embedded);
        Assert.Empty(encoder.Asked);
    }

    [Fact]
    public void The_same_texts_give_the_same_bytes()
    {
        var source = Source("bytes", out _);
        Titles.Of(Titles.Catalog(Titles.Few), source, _folder["a"]);
        Titles.Of(Titles.Catalog(Titles.Few.Reverse().ToArray()), source, _folder["b"]);
        Assert.Equal(File.ReadAllBytes(_folder["a"]), File.ReadAllBytes(_folder["b"]));
    }

    [Fact]
    public void A_cancelled_one_keeps_what_it_has()
    {
        var source = Source("cancelled", out var encoder);
        var catalog = Titles.Catalog([.. Enumerable.Range(0, 1200).Select(i => $"title {i}")]);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TextVectors.Of(
            catalog, source, _folder["v"], progress: (done, all) => { if (done * 2 < all) stop.Cancel(); }, cancel: stop.Token));
        var done = encoder.Asked.Count;
        Assert.InRange(done, 1, 1199);
        encoder.Asked.Clear();
        Assert.Equal(1200 - done, Titles.Embed(catalog, source, _folder["v"]).Embedded);
        Assert.Equal(1200 - done, encoder.Asked.Count);
    }

    [Fact]
    public void Other_weights_make_the_usual_file_anew_and_are_refused_in_a_named_one()
    {
        var weights = "1";
        var encoder = new CountingEncoder();
        encoder.Register("weighty", () => weights);
        var source = new TextSource { Encoder = "weighty" };
        var catalog = Titles.Catalog(Titles.Few);
        Titles.Of(catalog, source, _folder["v"]);
        weights = "2";
        var named = source with { Vectors = _folder["v"] };
        var bytes = File.ReadAllBytes(_folder["v"]);
        Refused(named, "other weights or for other texts");
        Assert.Equal(bytes, File.ReadAllBytes(_folder["v"]));
        Assert.Equal(4, Titles.Embed(catalog, source, _folder["v"]).Embedded);
        Assert.Equal(0, Titles.Embed(catalog, named).Embedded);
    }

    [Fact]
    public void A_file_of_another_encoder_is_never_replaced()
    {
        Titles.Of(Titles.Catalog(Titles.Few), Source("one", out _), _folder["v"]);
        var other = Source("other", out var encoder);
        var fault = Assert.Throws<TextException>(() => Titles.Of(Titles.Catalog(Titles.Few), other, _folder["v"]));
        Assert.Contains("'one', expected 'other'", fault.Message, StringComparison.Ordinal);
        Assert.Empty(encoder.Asked);
    }

    [Fact]
    public void Where_the_usual_place_cannot_be_written_the_spare_one_takes_what_is_missing()
    {
        var source = Source("spare", out var encoder);
        var (nowhere, spare) = (Path.Combine(_folder.Root, "no folder", "v"), _folder["spare"]);
        var catalog = Titles.Catalog(Titles.Few);
        Assert.Equal(spare, Titles.Embed(catalog, source, nowhere, spare).File);
        encoder.Asked.Clear();
        Assert.Equal(0, Titles.Embed(catalog, source, nowhere, spare).Embedded);
        var fault = Assert.Throws<TextException>(() => Titles.Of(catalog, source, nowhere));
        Assert.Contains("cannot be kept there", fault.Message, StringComparison.Ordinal);
        Assert.Empty(encoder.Asked); // told before the work is done
    }

    [Fact]
    public void A_catalogue_without_a_title_is_told_so()
    {
        var fault = Assert.Throws<TextException>(() => Titles.Of(Titles.Catalog(null, "", "  "), Source("empty", out _)));
        Assert.StartsWith("none of the 3 items has a title", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_that_are_none_are_refused()
    {
        var source = Source("broken", out var encoder);
        encoder.Change = vector => [float.NaN, .. vector];
        Refused(source, "not finite");
        encoder.Change = vector => vector[0] > 12 ? vector : [1, .. vector];
        Refused(source, "several lengths");
        encoder.Change = _ => [];
        Refused(source, "several lengths");
    }

    [Fact]
    public void A_vector_of_zeros_means_that_the_item_has_none()
    {
        var source = Source("zeros", out var encoder);
        encoder.Change = vector => vector[0] > 12 ? vector : new float[3];
        var catalog = Titles.Catalog(Titles.Few);
        Titles.Of(catalog, source, _folder["v"]);
        var vectors = Titles.Of(catalog, source, _folder["v"]);
        Assert.Equal([true, true, false, false, false, true], Enumerable.Range(1, 6).Select(vectors.Has));
    }

    [Fact]
    public void Settings_name_the_encoders_that_are_there()
    {
        var faults = new TextSource { Encoder = "word2vec", Vectors = " " }.Validate().ToArray();
        Assert.Equal(2, faults.Length);
        Assert.Contains("no encoder of texts is called 'word2vec'; expected one of: tfidf", faults[0], StringComparison.Ordinal);
        Assert.Contains("tfidf", Assert.Throws<TextException>(() => TextEncoders.Find("word2vec")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Titles.Of(Titles.Catalog("a"), new() { Encoder = "word2vec" }));
        Assert.Empty(new TextSource { Encoder = "tfidf" }.Validate());
    }

    [Fact]
    public void A_name_is_registered_once()
    {
        var entry = new CountingEncoder().Register("once");
        TextEncoders.Register(entry);
        Assert.Same(entry, TextEncoders.Find("once"));
        Assert.Throws<ArgumentException>(() => new CountingEncoder().Register("once"));
        Assert.Throws<ArgumentException>(() => new CountingEncoder().Register("../once"));
    }

    private static void Refused(TextSource source, string expected)
    {
        var fault = Assert.Throws<TextException>(() => Titles.Of(Titles.Catalog(Titles.Few), source));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private static TextSource Source(string name, out CountingEncoder encoder)
    {
        encoder = new();
        encoder.Register(name);
        return new() { Encoder = name };
    }
}
