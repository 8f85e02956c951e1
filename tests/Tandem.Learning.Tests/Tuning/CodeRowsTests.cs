using Tandem.Learning.Codes;
using Tandem.Learning.Layers;
using Tandem.Learning.Tuning;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Tuning;

public class CodeRowsTests
{
    private static readonly ItemCodes _codes = new(2, 3, [0, 0, 0, 1, 1, 0, 1, 1, 2, 2]);
    private static readonly string?[] _titles = [null, "red soap", "red brush", "blue soap", "blue brush", null];

    [Fact]
    public void A_code_lies_in_the_direction_of_its_items_titles()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var table = randn(TinyModels.Words, 64);
        var rows = CodeRows.Of(table, _codes, _titles, TinyModels.Tokenizer, seed: 1);
        Assert.Equal([6, 64], rows.shape);
        var mean = table.mean([0]);
        for (var code = 0; code < 2; code++)
        {
            var words = _titles.Skip(1 + 2 * code).Take(2).SelectMany(title => TinyModels.Tokenizer.Encode(title!)).ToArray();
            var expected = table.index_select(0, tensor(Array.ConvertAll(words, word => (long)word))).mean([0]) - mean;
            var own = rows[code] - mean;
            Assert.Equal(1, nn.functional.cosine_similarity(expected, own, 0).item<float>(), tolerance: 1e-4);
        }

        // Stretched to the spread of the model's own rows; what no title tells of is drawn with the same.
        foreach (var level in (int[])[0, 1])
            Assert.InRange((rows.narrow(0, 3 * level, 3) - mean).Squared().mean().sqrt().item<float>(), 0.7, 1.3);
    }

    [Fact]
    public void Without_titles_rows_are_drawn_by_the_seed()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var table = randn(TinyModels.Words, 64).Plus(3);
        var rows = CodeRows.Of(table, _codes, _titles, tokenizer: null, seed: 1);
        Assert.Equal(Values.Of(rows), Values.Of(CodeRows.Of(table, _codes, _titles, null, seed: 1)));
        Assert.NotEqual(Values.Of(rows), Values.Of(CodeRows.Of(table, _codes, _titles, null, seed: 2)));
        Assert.InRange(rows.mean().item<float>(), 2.7, 3.3);
        Assert.InRange(rows.std().item<float>(), 0.8, 1.2);
    }
}
