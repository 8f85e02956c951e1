namespace Tandem.Data.Sources;

/// <summary>How events stand in a file of separated values.</summary>
/// <param name="Separator">Between the fields.</param>
/// <param name="Quoted">True where fields may stand in double quotes; false where a quote is a character like any other.</param>
/// <param name="Typed">True where the header's names are <c>name:type</c>.</param>
/// <param name="Label">Name of a column in which 0 marks what the user was shown and did not take: no event; null: none.</param>
internal sealed record SeparatedForm(char Separator, bool Quoted, bool Typed, string? Label)
{
    public static readonly SeparatedForm Csv = new(',', Quoted: true, Typed: false, Label: null);

    public static readonly SeparatedForm RecBole = new('\t', Quoted: false, Typed: true, Label: "label");

    /// <summary>The separator, for messages.</summary>
    public string SeparatorName => Separator == '\t' ? "<TAB>" : Separator.ToString();

    /// <summary>A column's name without its type.</summary>
    public string NameOf(string column) => Typed ? column.Split(':')[0] : column;
}
