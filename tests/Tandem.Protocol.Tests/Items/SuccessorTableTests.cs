using CsCheck;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Protocol.Tests.Safetensors;

namespace Tandem.Protocol.Tests.Items;

public class SuccessorTableTests
{
    private const int Wide = 70_000; // ids beyond 16 bits

    // Rows of one magnitude each, from the subnormal to near the greatest scale.
    private static readonly Gen<float[]> _counts =
        from exponent in Gen.Int[-140, 60]
        from values in Gen.Float[0.001f, 2f].Array[1, 40]
        select values.Select(value => MathF.Max(value * MathF.ScaleB(1, exponent), float.Epsilon)).ToArray();

    [Fact]
    public void No_count_moves_by_more_than_half_a_step() =>
        _counts.Sample(
            counts =>
            {
                var table = SuccessorTable.FromCounts(
                    [0, .. Enumerable.Repeat(counts.Length, counts.Length)], [.. Enumerable.Range(1, counts.Length)], counts);
                var step = Math.Max(counts.Max() / 255.0, float.Epsilon);
                for (var i = 0; i < counts.Length; i++)
                {
                    var error = Math.Abs((double)counts[i] - table.Count(1, i + 1));
                    Assert.True(error <= step * 0.5001 + float.Epsilon, $"{counts[i]} became {table.Count(1, i + 1)}, a step is {step}");
                }
            },
            iter: 5_000);

    [Fact]
    public void Counts_that_are_whole_steps_stay_as_they_are()
    {
        var table = Tables.Of([(2, 510), (3, 2), (5, 100)], [], [(1, 0.5f)], [], []);
        Assert.Equal([0, 510, 2, 0, 100], Enumerable.Range(1, 5).Select(item => table.Count(1, item)));
        Assert.Equal((5, 4, 3), (table.Items, table.Pairs, table.LongestRow));
        Assert.Equal([3, 0, 1, 0, 0], Enumerable.Range(1, 5).Select(table.RowLength));
        Assert.Equal((0.5f, 0f), (table.Count(3, 1), table.Count(3, 2)));
        Assert.Equal(4 * 3 + 6 * 8, table.SizeBytes);
    }

    [Fact]
    public void Pairs_below_half_a_step_are_dropped()
    {
        var table = Tables.Of([(1, 1000), (2, 1)], [(1, 1000), (2, 3)]);
        Assert.Equal(3, table.Pairs);
        Assert.Equal(0, table.Count(1, 2));
    }

    [Fact]
    public void A_table_comes_back_as_it_was_written() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 12], Gen.Int).Sample(
            (items, longest, seed) =>
            {
                var table = Tables.Random(items, longest, seed);
                AssertEqual(table, Tables.Read(table.ToBytes(), items));
            },
            iter: 500);

    [Fact]
    public void Ids_take_two_bytes_up_to_65535_items_and_four_beyond()
    {
        foreach (var (items, type) in new[] { (ushort.MaxValue, TensorType.U16), (Wide, TensorType.I32) })
        {
            var rows = new (int, float)[items][];
            Array.Fill(rows, []);
            rows[items - 1] = [(1, 3f), (items, 5f)];
            var table = Tables.Of(rows);
            Assert.Equal(type, RawFile.Parse(table.ToBytes()).Tensors["successors.items"].Type);
            var again = Tables.Read(table.ToBytes(), items);
            Assert.Equal((3f, 5f, 0f), (again.Count(items, 1), again.Count(items, items), again.Count(1, items)));
            Assert.Equal(table.SizeBytes, again.SizeBytes);
        }
    }

    [Theory]
    [InlineData("successors.ends")]
    [InlineData("successors.items")]
    [InlineData("successors.codes")]
    [InlineData("successors.scales")]
    public void A_missing_tensor_is_refused_by_name(string name)
    {
        var e = Refused(Written(without: name));
        Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_lie_are_refused_with_what_was_expected()
    {
        Assert.Contains("rows end at pair 2, expected 3", Refused(Written(ends: [0, 2, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("row 1 ends at pair 2000000000", Refused(Written(ends: [0, 2_000_000_000, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("row 2 ends at pair 1", Refused(Written(ends: [0, 2, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("do not begin at pair 0", Refused(Written(ends: [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("shape [2], expected [3]", Refused(Written(ends: [0, 3])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "item 2 is followed by item 3, expected 1 to 2", Refused(Written(items: [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("item 1 is followed by item 0", Refused(Written(items: [0, 2, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("item 1 do not rise", Refused(Written(items: [2, 2, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("code 0", Refused(Written(codes: [9, 0, 9])).Message, StringComparison.Ordinal);
        foreach (var scale in new[] { float.NaN, float.PositiveInfinity, -1, 2e20f })
            Assert.Contains("the scale of item 2", Refused(Written(scales: [0, 1, scale])).Message, StringComparison.Ordinal);
        Assert.Equal(3, Tables.Read(Written(), items: 2).Pairs);
    }

    [Fact]
    public void Tensors_of_another_type_or_another_catalogue_are_refused()
    {
        var halves = new SafetensorsWriter();
        halves.Add("successors.ends", [0, 1, 1], 3);
        halves.Add("successors.items", [(Half)1], 1);
        halves.Add("successors.codes", [(byte)1], 1);
        halves.Add("successors.scales", [0f, 1f, 1f], 3);
        Assert.Contains("holds F16", Refused(halves.ToArray()).Message, StringComparison.Ordinal);
        Assert.Throws<SafetensorsException>(() => Tables.Read(Written(), items: 3));
    }

    [Fact]
    public void Every_flipped_or_cut_byte_is_refused_or_leaves_a_table_that_can_be_used()
    {
        var bytes = Tables.Random(items: 12, longestRow: 6, seed: 3).ToBytes();
        for (var place = 0; place < bytes.Length; place++)
        {
            foreach (var flipped in new byte[] { 0x01, 0x80, 0xFF })
            {
                var damaged = bytes.ToArray();
                damaged[place] ^= flipped;
                Use(damaged);
            }

            Use(bytes[..place]);
        }

        static void Use(byte[] damaged)
        {
            if (!SafetensorsFile.TryParse(damaged, out var file, out _)) return;
            try
            {
                var table = SuccessorTable.Read(file, 12);
                var counted = new CountedSuccessors(table, Tables.Join with { Shares = true, Offset = 1e-6 });
                var sum = counted.CreateSum();
                sum.Read([.. Enumerable.Range(1, 12)]);
                var bonus = new float[sum.Count];
                counted.Bonus(sum, bonus);
                Assert.All(bonus, value => Assert.True(value >= 0 && float.IsFinite(value)));
            }
            catch (SafetensorsException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Counts_that_are_no_rows_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SuccessorTable.FromCounts([0, 1], [1], []));
        Assert.Throws<ArgumentException>(() => SuccessorTable.FromCounts([0, 2], [1], [1]));
        Assert.Throws<ArgumentException>(() => SuccessorTable.FromCounts([0, 1], [2], [1]));
        Assert.Throws<ArgumentException>(() => SuccessorTable.FromCounts([0, 2, 2], [2, 1], [1, 1]));
        foreach (var count in new[] { 0, -1, float.NaN, float.PositiveInfinity, float.MaxValue })
            Assert.Throws<ArgumentException>(() => SuccessorTable.FromCounts([0, 1], [1], [count]));
    }

    private static SafetensorsException Refused(byte[] bytes) => Assert.Throws<SafetensorsException>(() => Tables.Read(bytes, items: 2));

    /// <summary>Two items, three pairs.</summary>
    private static byte[] Written(
        int[]? ends = null, int[]? items = null, byte[]? codes = null, float[]? scales = null, string without = "")
    {
        var writer = new SafetensorsWriter();
        Add("successors.ends", ends ?? [0, 2, 3]);
        Add("successors.items", items ?? [1, 2, 1]);
        Add("successors.codes", codes ?? [9, 255, 1]);
        Add("successors.scales", scales ?? [0, 1, 0.5f]);
        return writer.ToArray();

        void Add<T>(string name, T[] values)
            where T : unmanaged
        {
            if (name != without) writer.Add(name, values, values.Length);
        }
    }

    private static void AssertEqual(SuccessorTable expected, SuccessorTable actual)
    {
        Assert.Equal((expected.Items, expected.Pairs, expected.LongestRow), (actual.Items, actual.Pairs, actual.LongestRow));
        Assert.Equal(expected.ToBytes(), actual.ToBytes());
    }
}
