namespace Tandem.Learning.Text;

/// <summary>Vectors of a catalogue's titles, and what it took to have them.</summary>
/// <param name="Vectors">Of length 1 each.</param>
/// <param name="WithText">Items that have a title.</param>
/// <param name="DistinctTexts">Titles, those that items share counted once.</param>
/// <param name="Embedded">Titles that were encoded now; the others were kept in a file.</param>
/// <param name="Seconds">What the encoder took for them, without the time to make it.</param>
/// <param name="File">Where they are kept; null for nowhere.</param>
public sealed record EmbeddedTitles(
    ItemVectors Vectors, int WithText, int DistinctTexts, int Embedded, double Seconds, string? File);
