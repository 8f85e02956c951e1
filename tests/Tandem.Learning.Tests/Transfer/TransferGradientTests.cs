using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>By what an adapter learns.</summary>
public class TransferGradientTests
{
    /// <summary>The product's gradient against Torch's, and against backpropagation through a layer's slot.</summary>
    [Theory]
    [InlineData(AdapterKind.Residual)]
    [InlineData(AdapterKind.MergeNet)]
    public void The_gradient_of_what_was_written_reaches_the_adapter_as_through_the_network_itself(AdapterKind kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var layer = Linears.Xavier(8, 6);
        var (x, y, S) = (randn(20, 8), randn(20, 6), randn(5, 7));
        ParameterAdapter adapter = kind == AdapterKind.Residual
            ? new ResidualAdapter((6, 8), (5, 7), new() { Heads = 2, Width = 8 })
            : new MergeNetAdapter((6, 8), (5, 7), new() { Heads = 2, Layers = 1 }, new Noise(1));
        if (kind == AdapterKind.Residual) Values.Scatter(adapter, 0.5);
        adapter.eval();
        var T = layer.Weight.detach().clone();

        layer.Delta = new() { Weight = adapter.Generate(T, S) - T };
        Loss().backward();
        var through = adapter.parameters().Select(p => Values.Of(p.grad!)).ToArray();
        layer.Delta = null;
        adapter.zero_grad();

        var G = adapter.Generate(T, S);
        using (no_grad()) layer.Weight.copy_(G.detach());
        layer.zero_grad();
        Loss().backward();
        var gradient = layer.Weight.grad!.detach().clone();
        var exact = autograd.grad([G], [.. adapter.parameters()], [gradient], retain_graph: true).Select(Values.Of).ToArray();
        (G * gradient).sum().backward();
        foreach (var (parameter, i) in adapter.parameters().Select((p, i) => (p, i)))
        {
            Close.Row(exact[i], Values.Of(parameter.grad!), 1e-6);
            Close.Row(through[i], Values.Of(parameter.grad!), 1e-4);
        }

        Tensor Loss() => (layer.forward(x) - y).Squared().mean();
    }

    /// <summary>
    /// The published program takes the change that the optimiser made for the gradient. Without momentum it is; with it, the batch's own
    /// gradient is one of many in it: 1 / √(1 / (1 − .9²)) = .44 where batches agree in nothing.
    /// </summary>
    [Theory]
    [InlineData(0.0, 0.9999, 1.0001)]
    [InlineData(0.9, 0.2, 0.6)]
    public void The_change_that_an_optimiser_makes_is_the_gradient_without_momentum_alone(double momentum, double least, double most)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var weight = nn.Parameter(zeros(10, 10));
        using var optimizer = optim.SGD([weight], 0.01, momentum);
        var cosines = new List<double>();
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            var before = weight.detach().clone();
            optimizer.zero_grad();
            (randn(8, 10).matmul(weight) - randn(8, 10)).Squared().mean().backward();
            var gradient = weight.grad!.detach().clone();
            optimizer.step();
            if (step < 20) continue;
            var change = before - weight.detach();
            cosines.Add(((change * gradient).sum() / (change.norm() * gradient.norm())).item<float>());
        }

        Assert.InRange(cosines.Average(), least, most);
    }
}
