namespace Tandem.Device.Learning;

/// <summary>The largest task that a loss is to take.</summary>
/// <param name="Events">N, at most the model's window and one more: the last event is only predicted.</param>
/// <param name="Predicted">P.</param>
/// <param name="Candidates">C.</param>
internal readonly record struct LossSize(int Events, int Predicted, int Candidates);
