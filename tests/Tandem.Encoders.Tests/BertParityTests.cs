using Microsoft.Extensions.AI;
using Tandem.Learning.Language.Sentences;
using Tandem.Learning.Text;

namespace Tandem.Encoders.Tests;

/// <summary>The same weights by the network in Torch and by their exported graph in ONNX Runtime.</summary>
public sealed class BertParityTests(MiniLmFolder folder) : IClassFixture<MiniLmFolder>
{
    private const float Tolerance = 1e-5f;

    /// <summary>Of all lengths from none to more than the model reads, in several scripts.</summary>
    private static string[] Texts =>
    [
        "", " \t ", "x", "OPI Nail Lacquer, Simmer and Shimmer, 0.5-Fluid Ounce", "SKIN79 The Prestige Beblesh Balm BB Cream",
        "Café crème brûlée à la façon de l'Île", "naïve Ōsaka Ñandú, Müller", "ガーデン 大阪 の 化粧水", "美白面膜 10片装",
        "한국 화장품 세트", "Крем для лица «Чистая линия»", "مرطب للوجه", "💅 red nail polish 💄✨", "★ SPF 50+ ½ ™ $5",
        "a\tb\nc\u00a0d", "[SEP] [MASK] it's", "zero\u200bwidth and soft\u00adhyphen", "Ǆ ǅ ﬁne ligatures İstanbul ΣΊΣΥΦΟΣ",
        new string('x', 150), "unaffable antidisestablishmentarianism",
        .. Enumerable.Range(1, 30).Select(n => string.Join(' ', Enumerable.Repeat("moisturising day cream for dry skin,", n))),
        string.Join(' ', Enumerable.Repeat("hello", 400)),
    ];

    [Fact]
    public void Vectors_are_those_of_the_exported_graph()
    {
        using var reference = SentenceEncoder.Load(SentenceModel.MiniLm);
        using var network = BertSentenceEncoder.Open(folder.Root);
        Assert.Equal(384, network.Width);
        var (expected, found) = (Vectors(reference), Vectors(network));
        for (var text = 0; text < Texts.Length; text++)
        {
            for (var d = 0; d < network.Width; d++)
            {
                Assert.True(
                    Math.Abs(expected[text][d] - found[text][d]) < Tolerance,
                    $"'{Texts[text]}', dimension {d}: {expected[text][d]} by the graph, {found[text][d]} by the network");
            }
        }
    }

    [Fact]
    public void The_folder_is_an_encoder_wherever_one_is_named()
    {
        BertEncoders.Register();
        BertEncoders.Register();
        var encoder = TextEncoders.Find(folder.Root);
        Assert.Matches("^bert-[0-9a-f]{12}$", encoder.Name);
        Assert.Empty(new TextSource { Encoder = folder.Root }.Validate());
        Assert.Equal($"vectors-{encoder.Name}.safetensors", TextVectors.FileName(folder.Root));
    }

    private static float[][] Vectors(IEmbeddingGenerator<string, Embedding<float>> encoder) =>
        [.. encoder.GenerateAsync(Texts, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult()
            .Select(embedding => embedding.Vector.ToArray())];
}
