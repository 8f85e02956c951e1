using Tandem.Learning.Graphs;

namespace Tandem.Encoders.Tests;

public class ImageModelTests
{
    [Fact]
    public void Convolutions_have_the_names_of_their_layers_and_the_shapes_that_follow_from_them()
    {
        var weights = ImageModel.ReadWeights();
        Assert.Equal(22, weights.Count);
        Assert.Equal(22, weights.Select(weight => weight.Name).Distinct().Count());
        Assert.Equal([64L, 3, 7, 7], Of("conv1").Shape);
        // A layer begins with twice the channels of the one before, and what goes around it with a short cut of 1 × 1.
        for (var layer = 2; layer <= 4; layer++)
        {
            var channels = 32L << layer;
            Assert.Equal([channels, channels / 2, 3, 3], Of($"layer{layer}.0.conv1").Shape);
            Assert.Equal([channels, channels, 3, 3], Of($"layer{layer}.1.conv2").Shape);
            Assert.Equal([channels, channels / 2, 1, 1], Of($"layer{layer}.0.downsample.0").Shape);
        }

        // Filters of the image have been trained: they are far from equal in size, which numbers drawn alike would not be.
        var sizes = Of("conv1").Values.Chunk(3 * 7 * 7).Select(filter => filter.Sum(x => (double)x * x)).Order().ToArray();
        Assert.True(sizes[^1] > 10 * sizes[0], $"{sizes[0]} to {sizes[^1]}");

        OnnxWeight Of(string layer) => Assert.Single(weights, weight => weight.Name == layer + ".weight");
    }

    [Fact]
    public void All_networks_can_be_named_as_sources_of_weights()
    {
        SentenceEncoders.Register();
        SentenceEncoders.Register();
        Assert.Equal(["minilm", "arctic", "resnet18"], WeightSources.All.Select(source => source.Name));
        Assert.Null(WeightSources.Find("resnet19"));
        Assert.Contains(WeightSources.Find("minilm")!.Read(), weight => weight.Name == "encoder.layer.0.attention.self.query.weight");
    }
}
