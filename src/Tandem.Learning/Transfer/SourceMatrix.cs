namespace Tandem.Learning.Transfer;

/// <summary>A tensor of a source as plain numbers.</summary>
/// <param name="Shape">Of each axis.</param>
/// <param name="Values">Row-major.</param>
public sealed record SourceMatrix(IReadOnlyList<long> Shape, float[] Values);
