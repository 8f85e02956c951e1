namespace Tandem.Learning.Runs;

/// <summary>
/// Items that a language model which writes decimal numbers might have meant: LSC4Rec's augmentation. Numbers are cut into pairs of digits
/// from the right; first, second and third pairs are combined anew.
/// </summary>
internal static class NumberFragments
{
    private const int Pair = 100;

    /// <summary>
    /// Numbers made of the listed ones' parts that are items and not on the list, in random order. The first part may always be missing.
    /// The program also keeps numbers that no item has; they have no row here.
    /// </summary>
    /// <param name="listed">Items.</param>
    /// <param name="items">V.</param>
    /// <param name="random">Of the order.</param>
    public static int[] Recombine(IReadOnlyList<int> listed, int items, Random random)
    {
        int[] first = [.. listed.Select(item => item / Pair / Pair).Append(0).Distinct()];
        int[] second = [.. listed.Select(item => item / Pair % Pair).Distinct()];
        int[] third = [.. listed.Select(item => item % Pair).Distinct()];
        var known = listed.ToHashSet();
        int[] made =
        [
            .. from a in first from b in second from c in third
               let number = (a * Pair + b) * Pair + c
               where number > 0 && number <= items && !known.Contains(number)
               select number,
        ];
        random.Shuffle(made);
        return made;
    }
}
