using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Learning.Clustering;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes;

/// <summary>
/// RQ-VAE (TIGER, arXiv 2305.05065, section 3.1): |x − D(z + sg[q − z])|² + β |z − sg[q]|² over all levels' sums q, z = E(x). Centres start
/// at residual k-means of the untrained latents and follow as running means.
/// </summary>
internal sealed class RqVae : IItemCoder
{
    private const int StartIterations = 10;

    private readonly RqVaeNetwork _network;
    private readonly ResidualQuantizer _quantizer;
    private readonly int _width;

    private RqVae(RqVaeNetwork network, ResidualQuantizer quantizer, int width) =>
        (_network, _quantizer, _width) = (network, quantizer, width);

    /// <param name="vectors">[N, D] row-major.</param>
    /// <param name="width">D.</param>
    /// <param name="options">Levels, codes and the network.</param>
    /// <param name="seed">Of weights, starts, batches and revivals.</param>
    /// <param name="report">Receives how many epochs are done.</param>
    /// <param name="cancel">Stops between two steps.</param>
    public static RqVae Learn(
        float[] vectors, int width, CodeOptions options, int seed, Action<int, int>? report = null, CancellationToken cancel = default)
    {
        using var threads = TorchThreads.One();
        manual_seed(NamedSeed.Derive(seed, "rqvae weights"));
        var network = new RqVaeNetwork(width, options.Rqvae);
        var (n, batch) = (vectors.Length / width, Math.Min(options.Rqvae.Batch, vectors.Length / width));
        var start = ResidualQuantizer.Learn(
            Encode(network, vectors, width), options.Rqvae.Latent, options.Levels, options.CodebookSize, StartIterations, seed);
        RunningCentres[] levels =
            [.. start.Books.Select(book => new RunningCentres(book, (double)batch / options.CodebookSize, options.Rqvae.CentreDecay))];
        var optimizer = new AdamW([network], new() { LearningRate = options.Rqvae.LearningRate });
        var order = Enumerable.Range(0, n).ToArray();
        for (var epoch = 1; epoch <= options.Rqvae.Epochs; epoch++)
        {
            var random = NamedSeed.Create(seed, "rqvae batches", epoch);
            random.Shuffle(order);
            for (var first = 0; first + batch <= n; first += batch)
            {
                cancel.ThrowIfCancellationRequested();
                // In the last tenth nothing is moved any more that was not drawn there by its items.
                var revival = epoch * 10 <= options.Rqvae.Epochs * 9 ? random : null;
                Step(network, Rows(vectors, width, order.AsSpan(first, batch)), width, levels, options.Rqvae, revival);
                optimizer.Step();
            }

            report?.Invoke(epoch, options.Rqvae.Epochs);
        }

        return new(network, new([.. levels.Select(level => level.Book)]), width);
    }

    public ushort[] Code(float[] vectors)
    {
        using var threads = TorchThreads.One();
        return _quantizer.Code(Encode(_network, vectors, _width));
    }

    public float[] Rebuild(ushort[] codes)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var latents = _quantizer.Rebuild(codes);
        var width = _quantizer.Books[0].Width;
        return TensorValues.Copy(_network.Decode(tensor(latents, latents.Length / width, width)));
    }

    /// <summary>Leaves the gradient in the network and moves the centres.</summary>
    private static void Step(
        RqVaeNetwork network, float[] vectors, int width, RunningCentres[] levels, RqVaeOptions options, Random? revival)
    {
        using var scope = NewDisposeScope();
        var x = tensor(vectors, vectors.Length / width, width);
        var z = network.Encode(x);                                                      // [N, latent]
        var rest = TensorValues.Copy(z);
        var (quantised, commitment) = (new float[rest.Length], zeros(1));
        foreach (var level in levels)
        {
            var nearest = level.Book.Nearest(rest);
            var book = level.Book;
            level.Take(rest, nearest, revival);
            for (var i = 0; i < nearest.Length; i++)
            {
                var own = rest.AsSpan(i * book.Width, book.Width);
                var sum = quantised.AsSpan(i * book.Width, book.Width);
                TensorPrimitives.Subtract(own, book[nearest[i]], own);
                TensorPrimitives.Add(sum, book[nearest[i]], sum);
            }

            commitment = commitment.Plus((z - tensor(quantised, z.shape)).Squared().mean());
        }

        var straight = z.Plus((tensor(quantised, z.shape) - z).detach());
        var loss = (x - network.Decode(straight)).Squared().mean().Plus(commitment.Times(options.Commitment));
        loss.sum().backward();
    }

    private static float[] Encode(RqVaeNetwork network, float[] vectors, int width)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        return TensorValues.Copy(network.Encode(tensor(vectors, vectors.Length / width, width)));
    }

    private static float[] Rows(float[] vectors, int width, ReadOnlySpan<int> which)
    {
        var rows = new float[which.Length * width];
        for (var i = 0; i < which.Length; i++) vectors.AsSpan(which[i] * width, width).CopyTo(rows.AsSpan(i * width));
        return rows;
    }
}
