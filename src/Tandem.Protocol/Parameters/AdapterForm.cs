namespace Tandem.Protocol.Parameters;

/// <summary>
/// The low-rank change of a user's vector, y = x + B (A x) (LoRA, arXiv 2106.09685), that a device learns and that packets may bring: its
/// names, its rank and how it starts, the same on both sides.
/// </summary>
public static class AdapterForm
{
    /// <summary>R = 4: a user has few events to learn from.</summary>
    public const int Rank = 4;

    /// <summary>A, [R, D].</summary>
    public const string DownName = "adapter.down";

    /// <summary>B, [D, R]; starts at 0, so that a model with an untouched adapter is what was trained.</summary>
    public const string UpName = "adapter.up";

    /// <summary>Starting values of A: uniform with deviation 1 / √D, the same numbers on every system and in every version.</summary>
    /// <param name="down">[R × D].</param>
    public static void FillDown(Span<float> down)
    {
        var state = 1u;
        var bound = MathF.Sqrt(3f * Rank / down.Length); // a uniform value of ±√(3 / D) has deviation 1 / √D
        foreach (ref var value in down)
        {
            state = state * 1_664_525 + 1_013_904_223;   // Numerical Recipes' generator
            value = bound * ((state >> 8) / (float)(1 << 23) - 1);
        }
    }
}
