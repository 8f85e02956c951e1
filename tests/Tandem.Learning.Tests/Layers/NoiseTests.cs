using Tandem.Learning.Layers;

namespace Tandem.Learning.Tests.Layers;

public class NoiseTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.4)]
    [InlineData(0.9)]
    public void A_mask_drops_its_share_and_keeps_the_mean_at_1(double drop)
    {
        const int Length = 200_000;
        var mask = new float[Length];
        new Noise(1).FillMask(mask, drop);
        var kept = (float)(1 / (1 - drop));
        Assert.All(mask.Distinct(), value => Assert.True(value == 0 || value == kept, $"{value} in the mask"));
        // Four standard deviations of a share.
        var tolerance = 4 * Math.Sqrt(drop * (1 - drop) / Length);
        Assert.Equal(drop, mask.Count(value => value == 0) / (double)Length, tolerance);
        Assert.Equal(1, mask.Average(value => (double)value), kept * tolerance);
    }

    [Fact]
    public void Each_of_the_lanes_drops_its_share()
    {
        const int Draws = 20_000;
        var mask = new float[16 * Draws];
        new Noise(2).FillMask(mask, 0.5);
        for (var lane = 0; lane < 16; lane++)
        {
            var kept = Enumerable.Range(0, Draws).Count(draw => mask[16 * draw + lane] != 0);
            Assert.Equal(0.5, kept / (double)Draws, tolerance: 0.02);
        }
    }

    [Fact]
    public void Neighbours_in_place_and_in_time_are_unrelated()
    {
        var mask = new float[160_000];
        new Noise(3).FillMask(mask, 0.5);
        foreach (var distance in new[] { 1, 2, 8, 16, 32 })
        {
            var both = Enumerable.Range(0, mask.Length - distance).Count(i => mask[i] != 0 && mask[i + distance] != 0);
            Assert.Equal(0.25, both / (double)(mask.Length - distance), tolerance: 0.01);
        }
    }

    [Fact]
    public void One_seed_repeats_its_masks_and_another_does_not()
    {
        Assert.Equal(Mask(new Noise(4), 100), Mask(new Noise(4), 100));
        Assert.NotEqual(Mask(new Noise(4), 100), Mask(new Noise(5), 100));
    }

    [Fact]
    public void Reseeding_starts_the_stream_anew()
    {
        var noise = new Noise(6);
        var first = Mask(noise, 100);
        Assert.NotEqual(first, Mask(noise, 100));
        noise.Reseed(6);
        Assert.Equal(first, Mask(noise, 100));
    }

    [Fact]
    public void A_mask_of_any_length_is_filled_to_its_end_and_not_beyond()
    {
        var longest = Mask(new Noise(7), 80);
        for (var length = 0; length <= 65; length++)
        {
            var buffer = Enumerable.Repeat(7f, 80).ToArray();
            new Noise(7).FillMask(buffer.AsSpan(0, length), 0.5);
            Assert.Equal(longest[..length], buffer[..length]);
            Assert.All(buffer[length..], value => Assert.Equal(7, value));
        }
    }

    [Fact]
    public void A_share_of_0_drops_nothing() => Assert.All(Mask(new Noise(8), 100, drop: 0), value => Assert.Equal(1, value));

    private static float[] Mask(Noise noise, int length, double drop = 0.5)
    {
        var mask = new float[length];
        noise.FillMask(mask, drop);
        return mask;
    }
}
