using System.CommandLine;
using Tandem.Cli.Bench;
using Tandem.Learning.Personalization;
using Tandem.Protocol.Parameters;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench parameters</c>: what weights made for a user cost to make, to send and to take in.</summary>
internal static class BenchParametersVerb
{
    public static Command Create()
    {
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var verb = new Command(
            "parameters", "weights made for users: to make, to send and to take in; run it on a quiet machine") { threads, json };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var figures = Measure();
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        });
        return verb;
    }

    private static ParameterBenchFigures Measure()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-bench-").FullName;
        try
        {
            using var bench = Step("model and codes", () => new ParameterBench(Path.Combine(folder, "solid"), ParameterSourceKind.Solid));
            using var plans = Step(
                "model of plans", () => new ParameterBench(Path.Combine(folder, "precision"), ParameterSourceKind.Precision));
            return new()
            {
                GenerateP50Micros = Step("weights of one user", bench.GenerateP50Micros),
                UsersPerSecond = Step("weights of many users", bench.UsersPerSecond),
                SwapMicros = Step("codes to the next ranking", () => bench.SwapMicros(ParameterForm.Codes)),
                SwapLowRankMicros = Step("cores to the next ranking", () => bench.SwapMicros(ParameterForm.LowRank)),
                SwapFullMicros = Step("full weights to the next ranking", () => bench.SwapMicros(ParameterForm.Full)),
                SwapPlanMicros = Step("a plan to the next ranking", () => plans.SwapMicros(ParameterForm.Plan)),
                PayloadBytes = Sizes(form => Of(form).Bytes(form).Tensors),
                PacketBytes = Sizes(form => Of(form).Bytes(form).Packet),
            };

            ParameterBench Of(ParameterForm form) => form == ParameterForm.Plan ? plans : bench;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FormBytes Sizes(Func<ParameterForm, int> of) =>
        new(of(ParameterForm.Full), of(ParameterForm.LowRank), of(ParameterForm.Codes), of(ParameterForm.Plan));

    private static void Print(ParameterBenchFigures f)
    {
        Line("weights of one user", $"{f.GenerateP50Micros:0} µs");
        Line("weights of many users", $"{f.UsersPerSecond:0} users a second");
        Line(
            "packet to the next ranking",
            $"codes {f.SwapMicros:0} µs, cores {f.SwapLowRankMicros:0} µs, plan {f.SwapPlanMicros:0} µs, full {f.SwapFullMicros:0} µs");
        Line("tensors", Said(f.PayloadBytes));
        Line("whole packets", Said(f.PacketBytes));
    }

    private static FormattableString Said(FormBytes bytes) =>
        $"full {bytes.Full} B, cores {bytes.LowRank} B, plan {bytes.Plan} B, codes {bytes.Codes} B";

    private sealed record FormBytes(int Full, int LowRank, int Codes, int Plan);

    private sealed record ParameterBenchFigures
    {
        /// <summary>Torch, batch of 1, one thread.</summary>
        public required double GenerateP50Micros { get; init; }

        public required double UsersPerSecond { get; init; }

        /// <summary>Of a packet of codes, beyond the ranking itself.</summary>
        public required double SwapMicros { get; init; }

        public required double SwapLowRankMicros { get; init; }

        public required double SwapFullMicros { get; init; }

        public required double SwapPlanMicros { get; init; }

        /// <summary>Bytes of tensors.</summary>
        public required FormBytes PayloadBytes { get; init; }

        /// <summary>With names, versions and checksum.</summary>
        public required FormBytes PacketBytes { get; init; }
    }
}
