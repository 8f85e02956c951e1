using Tandem.Data;
using Tandem.Device;
using Tandem.Learning;

namespace Tandem.Simulation;

/// <summary>
/// A bundle's model as an evaluation sees it, run by the device runtime: what people will get, window strides and int8 rows included.
/// </summary>
/// <param name="model">Holds its item table.</param>
public sealed class DeviceScorer(DeviceModel model) : IItemScorer
{
    private readonly DeviceSessionOptions _options = new() { HistoryLimit = model.Shape.Window };

    /// <inheritdoc/>
    public string Kind => model.Shape.Kind;

    /// <inheritdoc/>
    public int ItemCount => model.Shape.Items;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        for (var row = 0; row < histories.Length; row++)
        {
            using var session = new DeviceSession(model, _options);
            session.Observe(histories[row]);
            session.ScoreCatalog(scores.Slice(row * (ItemCount + 1) + 1, ItemCount));
        }
    }
}
