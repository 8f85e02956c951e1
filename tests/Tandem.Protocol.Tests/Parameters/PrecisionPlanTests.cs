using CsCheck;
using Tandem.Protocol.Parameters;

namespace Tandem.Protocol.Tests.Parameters;

/// <summary>Two bits a row, and what becomes of the row.</summary>
public class PrecisionPlanTests
{
    [Fact]
    public void Choices_come_back_and_what_is_behind_the_last_row_is_0() =>
        Gen.Byte[0, 3].Array[1, 40].Sample(choices =>
        {
            var plan = PrecisionPlan.Pack(choices);
            Assert.Equal((choices.Length + 3) / 4, plan.Length);
            Assert.True(PrecisionPlan.Fits(plan, choices.Length));
            Assert.Equal([.. choices.Select(choice => (int)choice)], Enumerable.Range(0, choices.Length)
                .Select(row => PrecisionPlan.Choice(plan, row)).ToArray());
            Assert.False(PrecisionPlan.Fits([.. plan, 0], choices.Length));
            Assert.False(PrecisionPlan.Fits(plan, choices.Length + 4));
            if (choices.Length % 4 == 0) return;
            plan[^1] |= 1 << 6; // of a fourth row, which there is not
            Assert.False(PrecisionPlan.Fits(plan, choices.Length));
        });

    [Fact]
    public void A_rounded_row_has_few_values_each_within_half_a_step() =>
        Gen.Select(Gen.Single[-3, 3].Array[1, 40], Gen.Int[0, 2]).Sample((row, choice) =>
        {
            var rounded = row.ToArray();
            PrecisionPlan.Round(rounded, choice);
            var most = (1 << (PrecisionPlan.Bits[choice] - 1)) - 1;
            var step = row.Max(Math.Abs) / most;
            for (var i = 0; i < row.Length; i++) Assert.Equal(row[i], rounded[i], 0.5001 * step + 1e-9);
            Assert.InRange(rounded.Distinct().Count(), 1, 2 * most + 1);
        });

    [Fact]
    public void Thirty_two_bits_and_rows_of_zeros_stay_as_they_are()
    {
        float[] row = [0.1f, -3, 7e-8f], zeros = new float[3];
        PrecisionPlan.Round(row, choice: 3);
        Assert.Equal([0.1f, -3, 7e-8f], row);
        PrecisionPlan.Round(zeros, choice: 0);
        Assert.Equal(new float[3], zeros);
    }

    [Fact]
    public void Ties_go_to_the_even_multiple()
    {
        float[] row = [2.5f, 3.5f, -0.5f, 127];
        PrecisionPlan.Round(row, choice: 2);
        Assert.Equal([2, 4, 0, 127], row.Select(value => Math.Round(value, 4)));
    }

    [Fact]
    public void What_is_no_choice_is_not_packed()
    {
        Assert.Throws<ArgumentException>("choices", () => PrecisionPlan.Pack([0, 4]));
        Assert.Throws<ArgumentException>("choices", () => PrecisionPlan.Pack([]));
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => PrecisionPlan.LengthOf(0));
    }
}
