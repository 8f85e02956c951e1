namespace Tandem.Simulation.Personalization;

/// <summary>What the numbers that change users' weights are like.</summary>
/// <param name="ChangePerEvent">Mean of ‖nₜ − nₜ₋₁‖ / ‖nₜ₋₁‖ over all events but the first.</param>
/// <param name="Length">Mean of ‖n‖ over users.</param>
/// <param name="Spread">Root of the mean of ‖n − mean‖² over users: 0 where all have the same weights.</param>
public sealed record NumberFigures(double ChangePerEvent, double Length, double Spread);
