namespace Tandem.Device.Learning;

/// <summary>The largest tasks that a loss is to take.</summary>
/// <param name="Events">N, at most the model's window and one more: the last event is only predicted.</param>
/// <param name="Candidates">C.</param>
/// <param name="Rows">P × C of the task that has the most.</param>
internal readonly record struct LossSize(int Events, int Candidates, int Rows);
