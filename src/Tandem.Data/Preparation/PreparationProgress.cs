namespace Tandem.Data.Preparation;

/// <summary>How far the reading of a source is.</summary>
/// <param name="Rows">Events read so far, those left out included.</param>
/// <param name="RowsPerSecond">Mean since the start.</param>
/// <param name="Finished">True in the last report.</param>
public readonly record struct PreparationProgress(long Rows, double RowsPerSecond, bool Finished);
