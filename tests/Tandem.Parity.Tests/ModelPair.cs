using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Device.Sessions;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

/// <summary>One set of random weights in both engines: in Torch, and through a bundle on the device.</summary>
internal sealed class ModelPair : IDisposable
{
    public const int Items = 60;

    private readonly nn.Module _torch;
    private readonly Func<long[], long[]?, Tensor> _scores;
    private readonly CandidateScores _candidateScores;

    private ModelPair(
        nn.Module torch, Func<long[], long[]?, Tensor> scores, CandidateScores candidateScores, Action<string> writeBundle,
            float attentionScale)
    {
        (_torch, _scores, _candidateScores) = (torch, scores, candidateScores);
        _torch.eval();
        RandomWeights.Fill(_torch, attentionScale);
        using var folder = new TemporaryFolder();
        writeBundle(folder["bundle"]);
        Device = DeviceModel.Open(folder["bundle"]);
    }

    /// <summary>[P, C] scores of candidates for the events from <paramref name="first"/> on, each after those before it.</summary>
    /// <param name="items">[N] events.</param>
    /// <param name="times">[N].</param>
    /// <param name="first">N − P.</param>
    /// <param name="candidates">[P][C] item ids.</param>
    /// <param name="adapt">The adapter, from [N, D] to [N, D].</param>
    private delegate Tensor CandidateScores(long[] items, long[]? times, int first, long[][] candidates, Func<Tensor, Tensor> adapt);

    public DeviceModel Device { get; }

    /// <param name="options">Any backbone.</param>
    /// <param name="normalized">True for states and rows of length 1.</param>
    /// <param name="usesTimes">True where the backbone is to read the events' times.</param>
    /// <param name="attentionScale">Above 1 makes SASRec's attention sharper than random weights do.</param>
    public static ModelPair Of(BackboneOptions options, bool normalized = false, bool usesTimes = false, float attentionScale = 1)
    {
        manual_seed(options.Width * 100 + options.Window);
        var model = new SequenceModel(Items, options.Build(new Noise(1)), normalized);
        return new(
            model,
            (items, times) =>
            {
                var state = model.Encode(model.Rows(items).unsqueeze(0), Features(times, items.Length))[0, -1];
                return model.Table().narrow(0, 1, Items).mv(state);
            },
            (items, times, first, candidates, adapt) =>
            {
                var seen = items.Length - 1; // the last event is only predicted
                var states = adapt(model.Backbone.Mix(model.Rows(items[..seen]).unsqueeze(0), Features(times, seen))[0]);
                if (normalized) states = nn.functional.normalize(states, dim: -1);
                var rows = model.Table().index_select(0, tensor(candidates.SelectMany(row => row).ToArray()));
                return rows.view(candidates.Length, -1, options.Width).matmul(states.narrow(0, first - 1, candidates.Length).unsqueeze(2))
                    .squeeze(2);
            },
            folder => DeviceBundle.Write(
                model, folder, new() { Name = "pair", CatalogVersion = "catalogue", UsesTimes = usesTimes, Items = ItemStorage.Full }),
            attentionScale);

        EventFeatures Features(long[]? times, int events) => new(
            usesTimes && times is not null ? tensor(times[..events], 1, events) : null,
            model.Backbone.UsesValues ? tensor(Enumerable.Range(0, events).Select(ValueAt).ToArray(), 1, events) : null);
    }

    /// <summary>
    /// The value of an event by its place, a number that float16 can hold; read by models that see all events alone, for those know the
    /// place.
    /// </summary>
    public static float ValueAt(int place) => (place * 7 % 5 - 2) / 2f;

    public static ModelPair Of(DinOptions options)
    {
        manual_seed(options.Width);
        var model = new Din(Items, options, new Noise(1));
        return new(
            model,
            (items, _) => model.Score(
                model.Items.Gather(items).unsqueeze(0), ones(1, items.Length), model.Items.Weight.narrow(0, 1, Items))[0],
            (items, _, first, candidates, _) => cat([.. candidates.Select((row, p) => model.Score(
                model.Items.Gather(items[..(first + p)]).unsqueeze(0), ones(1, first + p), model.Items.Gather(row)))], dim: 0),
            folder => DeviceBundle.Write(model, folder, new() { Name = "pair", CatalogVersion = "catalogue", Items = ItemStorage.Full }),
            attentionScale: 1);
    }

    /// <summary>[V] by Torch: the score of item i + 1 at place i, after the events that the device sees of a history.</summary>
    public float[] TorchScores(int[] history, long[] times)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var first = (int)Device.Shape.FirstSeen(history.Length);
        var scores = _scores(Longs(history[first..]), times[first..]);
        return Values(scores);
    }

    /// <summary>[V] by the device, which gets the whole history before it is asked.</summary>
    public float[] DeviceScores(int[] history, long[] times)
    {
        var events = new UserHistory(Math.Max(1, history.Length), Items);
        for (var i = 0; i < history.Length; i++) events.Add(history[i], times[i], (Half)ValueAt(i));
        var scores = new float[Items];
        new UserModel(Device, null, events).ScoreRange(1, scores);
        return scores;
    }

    /// <summary>[V] by a session, through its public surface.</summary>
    public static float[] SessionScores(DeviceSession session) =>
        [.. session.Recommend(Items, RankingMode.Device).OrderBy(r => r.Item).Select(r => r.DeviceScore)];

    /// <summary>
    /// The mean of −log softmax of each row's first candidate by Torch, and its gradient by tensor; absent where a tensor plays no part.
    /// </summary>
    /// <param name="history">[N] events.</param>
    /// <param name="times">[N].</param>
    /// <param name="candidates">[P][C] of the last P events, the true item first.</param>
    /// <param name="down">[R × D] the adapter's A; DIN has none here.</param>
    /// <param name="up">[D × R] its B.</param>
    public (float Loss, Dictionary<string, float[]> Gradient) TorchGradient(
        int[] history, long[] times, int[][] candidates, float[] down, float[] up)
    {
        using var scope = NewDisposeScope();
        var A = tensor(down).view(-1, Device.Shape.Width).requires_grad_();
        var B = tensor(up).view(Device.Shape.Width, -1).requires_grad_();
        _torch.zero_grad();
        var scores = _candidateScores(
            Longs(history), times, history.Length - candidates.Length, [.. candidates.Select(Longs)], x =>
                x.Plus(x.matmul(A.t()).matmul(B.t())));
        var loss = -nn.functional.log_softmax(scores, dim: 1).select(1, 0).mean();
        loss.backward();
        var gradient = new Dictionary<string, float[]>();
        var parameters = _torch.named_parameters().Select(p => (p.name, (Tensor)p.parameter));
        foreach (var (name, parameter) in parameters.Append(("adapter.down", A)).Append(("adapter.up", B)))
        {
            if (parameter.grad is { } grad) gradient.Add(name, Values(grad));
        }

        return (loss.item<float>(), gradient);
    }

    public void Dispose() => _torch.Dispose();

    private static long[] Longs(int[] items) => [.. items.Select(item => (long)item)];

    private static float[] Values(Tensor x) => MemoryMarshal.Cast<byte, float>(x.contiguous().bytes).ToArray();
}
