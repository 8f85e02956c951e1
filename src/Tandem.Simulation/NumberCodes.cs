using Tandem.Data;
using Tandem.Learning.Language.Items;

namespace Tandem.Simulation;

/// <summary>
/// Items as a language model reads decimal numbers: pairs of digits from the right, which is how the published augmentation cuts them to
/// imitate a tokenizer's pieces (LSC4Rec's program; item 4391 is 0 43 91).
/// </summary>
internal static class NumberCodes
{
    private const int Pair = 100;
    private const int Pairs = 3;

    /// <summary>Codes of three levels; the first takes what two pairs leave.</summary>
    public static SemanticIds Of(SequenceDataset dataset, ItemNumbering numbering)
    {
        var numbers = numbering == ItemNumbering.Random ? null : FirstAppearance(dataset);
        return SemanticIds.Create([.. Enumerable.Range(1, dataset.Catalog.Count).Select(item => Codes(numbers?[item] ?? item))]);
    }

    /// <summary>
    /// [V + 1] numbers from 1 in the order in which users, one after the other, bring items in; what nobody has comes last.
    /// </summary>
    public static int[] FirstAppearance(SequenceDataset dataset)
    {
        var (numbers, last) = (new int[dataset.Catalog.Count + 1], 0);
        for (var user = 0; user < dataset.Users; user++)
        {
            foreach (var item in dataset.Sequence(user))
                if (numbers[item] == 0) numbers[item] = ++last;
        }

        for (var item = 1; item < numbers.Length; item++)
            if (numbers[item] == 0) numbers[item] = ++last;
        return numbers;
    }

    private static int[] Codes(int number)
    {
        var codes = new int[Pairs];
        for (var place = Pairs - 1; place > 0; place--) (number, codes[place]) = (number / Pair, number % Pair);
        codes[0] = number;
        return codes;
    }
}
