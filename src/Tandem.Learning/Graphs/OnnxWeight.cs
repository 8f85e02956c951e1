namespace Tandem.Learning.Graphs;

/// <summary>An initializer.</summary>
/// <param name="Name">As the graph calls it.</param>
/// <param name="Shape">Lengths of its axes.</param>
/// <param name="Values">Row-major.</param>
public sealed record OnnxWeight(string Name, IReadOnlyList<long> Shape, float[] Values)
{
    /// <summary>A matrix turned round, under another name.</summary>
    internal OnnxWeight Transposed(string name)
    {
        var (rows, columns) = ((int)Shape[0], (int)Shape[1]);
        var turned = new float[Values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) turned[column * rows + row] = Values[row * columns + column];
        }

        return new(name, [columns, rows], turned);
    }
}
