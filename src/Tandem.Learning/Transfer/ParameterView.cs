using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Learning.Transfer;

/// <summary>
/// A named parameter, or one of the equal blocks of rows that it packs, read as a matrix [rows, columns] whose tokens are its rows. A
/// linear layer is [O, I], a convolution [O, I K K], an embedding [N, D]; of a GRU's [3 H, D] each gate is a matrix, of a packed projection
/// [3 D, D] queries, keys and values are.
/// </summary>
/// <remarks>
/// Written <c>backbone.blocks.0.qkv.weight[1/3]</c>: block 1, from 0, of 3; without brackets it is the whole. A view is a range of the
/// row-major elements, so that reading it and writing it back is the identity. Vectors, such as biases, have none.
/// </remarks>
/// <param name="Name">As a checkpoint calls the parameter.</param>
/// <param name="Part">Which block, from 0.</param>
/// <param name="Parts">Blocks, 1 or more.</param>
public readonly partial record struct ParameterView(string Name, int Part = 0, int Parts = 1)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="ArgumentException">The text names no block of any parameter.</exception>
    public static ParameterView Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (Written().Match(text) is not { Success: true } match) return new(text);
        var (part, parts) = (Number(match.Groups[2]), Number(match.Groups[3]));
        return part < parts
            ? new(match.Groups[1].Value, part, parts)
            : throw new ArgumentException($"'{text}': block {part} of {parts}; expected 0 to {parts - 1}", nameof(text));

        static int Number(Group digits) => int.Parse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>All blocks of a parameter.</summary>
    public static IEnumerable<ParameterView> All(string name, int parts) =>
        Enumerable.Range(0, parts).Select(part => new ParameterView(name, part, parts));

    /// <summary>Rows and columns for a parameter of a shape.</summary>
    /// <param name="shape">[O, …].</param>
    /// <exception cref="ArgumentException">It is a vector, or its rows are not divided by the blocks.</exception>
    public (int Rows, int Columns) SizeIn(IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Count < 2)
            throw new ArgumentException($"'{Name}' is a vector; expected a parameter of two axes at least", nameof(shape));
        if (shape[0] % Parts != 0)
            throw new ArgumentException($"'{Name}' has {shape[0]} rows; expected a multiple of {Parts}", nameof(shape));
        return ((int)(shape[0] / Parts), (int)shape.Skip(1).Aggregate(1L, (product, n) => product * n));
    }

    /// <summary>The elements, a block of the parameter's own.</summary>
    /// <param name="all">Of the whole parameter, row-major.</param>
    public Span<float> In(Span<float> all) => all.Slice(all.Length / Parts * Part, all.Length / Parts);

    /// <inheritdoc/>
    public override string ToString() => Parts == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}[{Part}/{Parts}]");

    [GeneratedRegex(@"^(.+)\[(\d{1,6})/(\d{1,6})\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Written();
}
