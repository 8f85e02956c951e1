namespace Tandem.Learning.Export;

/// <summary>How a bundle holds the item table.</summary>
public enum ItemStorage
{
    /// <summary>float32, four bytes an element, as trained.</summary>
    Full,

    /// <summary>float16, two bytes an element, three digits.</summary>
    Half,

    /// <summary>int8, one byte an element and a scale for each row: the smallest, and the fastest to rank.</summary>
    Quantised,

    /// <summary>No table: the device gets the rows it needs with the cloud's lists.</summary>
    None,
}
