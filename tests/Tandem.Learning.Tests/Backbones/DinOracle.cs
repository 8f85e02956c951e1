namespace Tandem.Learning.Tests.Backbones;

/// <summary>DIN in plain loops, with W h, W t and W (h ∘ t) each by itself.</summary>
internal sealed class DinOracle(PlainLayers layers, int D)
{
    /// <summary>One target before one history, without batch, padding or tiles.</summary>
    public double Score(int[] history, int target)
    {
        var scale = Math.Sqrt(D);
        double[] Item(int id) => [.. layers["items.weight"][(id * D)..((id + 1) * D)].Select(v => v * scale)];
        double Activate(string name, double v) => v > 0 ? v : v * layers[$"{name}.weight"][0];
        var (t, u) = (Item(target), new double[D]);
        foreach (var h in history.Select(Item))
        {
            var z = PlainLayers.Add(
                PlainLayers.Add(layers.Linear("attention_history", h), layers.Linear("attention_target", t)),
                layers.Linear("attention_product", PlainLayers.Multiply(h, t)));
            var a = layers.Linear("attention_output", [.. z.Select(v => Activate("attention_slope", v))])[0];
            u = PlainLayers.Add(u, [.. h.Select(v => a * v)]);
        }

        var x = layers.Linear("hidden", [.. u, .. t, .. PlainLayers.Multiply(u, t)]).Select(v => Activate("hidden_slope", v)).ToArray();
        return layers.Linear("output", [.. layers.Linear("last_hidden", x).Select(v => Activate("last_hidden_slope", v))])[0];
    }
}
