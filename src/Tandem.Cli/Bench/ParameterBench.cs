using System.Diagnostics;
using Tandem.Data;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Protocol.Parameters;

namespace Tandem.Cli.Bench;

/// <summary>
/// What personal weights cost: making them in the cloud, and from a packet's bytes to the next ranking on the device. SASRec of 32
/// dimensions whose last feed-forward has the size of the two layers that SOLID generates, SOLID of 590 terms over 9,500 items or a plan of
/// precision, histories of 10 events (SOLID's data sets' figures). Weights are random: they are of no matter to the time.
/// </summary>
internal sealed class ParameterBench : IDisposable
{
    private const int Items = 9_500, Terms = 590, Window = 10, Width = 32, BatchSize = 256, Users = 512;

    private readonly SequenceModel _model;
    private readonly SequenceScorer _scorer;
    private readonly History[] _histories;
    private readonly DeviceModel _device;

    /// <param name="folder">Receives a bundle.</param>
    /// <param name="source">Of the weights.</param>
    public ParameterBench(string folder, ParameterSourceKind source)
    {
        var random = NamedSeed.Create(1, "bench");
        var terms = new ItemTerms(Terms, [.. Enumerable.Range(0, Items).Select(_ => new[] { random.Next(Terms) })]);
        TorchSharp.torch.manual_seed(1);
        _model = new SequenceModel(
            Items, new SasRec(new() { Width = Width, Window = Window, Blocks = 2, Heads = 4, FeedForwardMultiple = 1 }, new Noise(1)),
            parameters: new() { Source = source }, terms: terms);
        _model.eval();
        _histories = [.. Enumerable.Range(0, Users).Select(_ =>
            (History)Enumerable.Range(0, Window).Select(_ => random.Next(1, Items + 1)).ToArray())];
        var factors = UserParameters.FactorsOf(_model, new RankedCases(Users, i => _histories[i], _ => 1), seed: 1);
        _scorer = new SequenceScorer(_model) { Factors = factors };
        DeviceBundle.Write(_model, folder, new() { Name = "bench", CatalogVersion = "bench", Factors = factors });
        _device = DeviceModel.Open(folder);
    }

    /// <summary>Median of microseconds that the numbers of one user take.</summary>
    public double GenerateP50Micros() => Median(400, i => SequenceScorer.Numbers(_model, [_histories[i % Users]]));

    /// <summary>Users whose numbers are made in a second, in batches.</summary>
    public double UsersPerSecond() =>
        BatchSize * 1e6 / Median(40, i => SequenceScorer.Numbers(_model, _histories.AsSpan(i % 2 * BatchSize, BatchSize)));

    /// <summary>
    /// Median of microseconds from a packet's bytes to the next ten best of the whole catalogue, less those of a ranking alone.
    /// </summary>
    public double SwapMicros(ParameterForm form)
    {
        var (parameters, session, best) = (new UserParameters(_scorer), Session(), new Recommendation[10]);
        byte[][] packets = [.. _histories[..2].Select(history => parameters.Make(history, form, _device.Version))];
        var alone = Median(400, _ => session.Recommend(best.AsSpan(), RankingMode.Device));
        return Median(400, i =>
        {
            if (!ParameterPacket.TryParse(packets[i % 2], out var packet, out var fault) || !session.TryApply(packet, out fault))
                throw new InvalidOperationException(fault);
            session.Recommend(best.AsSpan(), RankingMode.Device);
        }) - alone;
    }

    /// <summary>Bytes of a packet's tensors, and of all of it.</summary>
    public (int Tensors, int Packet) Bytes(ParameterForm form)
    {
        var bytes = new UserParameters(_scorer).Make(_histories[0], form, _device.Version);
        return ParameterPacket.TryParse(bytes, out var packet, out var fault)
            ? (packet.Weights.Tensors.Values.Sum(tensor => tensor.Bytes.Length), bytes.Length)
            : throw new InvalidOperationException(fault);
    }

    /// <summary>Lets go of the networks.</summary>
    public void Dispose()
    {
        _scorer.Dispose();
        _model.Dispose();
    }

    private DeviceSession Session()
    {
        var session = new DeviceSession(_device, new());
        foreach (var item in _histories[0].Items.Span) session.Observe(item);
        return session;
    }

    private static double Median(int runs, Action<int> run)
    {
        var micros = new double[runs];
        for (var i = -runs / 4; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run(Math.Abs(i));
            if (i >= 0) micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        return micros[runs / 2];
    }
}
