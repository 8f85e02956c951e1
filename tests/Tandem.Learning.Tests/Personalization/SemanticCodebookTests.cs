using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Personalization;

public sealed class SemanticCodebookTests
{
    [Fact]
    public void A_vector_is_read_as_the_centre_nearest_to_it_of_equally_near_ones_the_first()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        float[] centres = [.. Enumerable.Range(0, 20 * 3).Select(_ => (float)random.Next(-3, 4))];
        var book = Book(centres, width: 3);
        float[] points = [.. Enumerable.Range(0, 2000 * 3).Select(_ => (float)random.Next(-3, 4))];
        var (read, _, _) = book.Read(tensor(points, 1, 2000, 3), ones(1, 2000));
        var values = Values.Of(read);
        for (var i = 0; i < 2000; i++)
        {
            var point = points[(3 * i)..(3 * i + 3)];
            var nearest = Enumerable.Range(0, 20).MinBy(k => point.Zip(centres[(3 * k)..(3 * k + 3)], (a, b) => (a - b) * (a - b)).Sum());
            Assert.Equal(centres[(3 * nearest)..(3 * nearest + 3)], values[(3 * i)..(3 * i + 3)]);
        }
    }

    [Fact]
    public void Gradients_pass_straight_through_and_padding_is_no_part_of_the_penalty()
    {
        using var scope = NewDisposeScope();
        var book = Book([0, 0, 1, 1], width: 2);
        var z = tensor((float[])[0.9f, 0.8f, 5, 7], 1, 2, 2, requires_grad: true);
        var (read, commitment, _) = book.Read(z, tensor((float[])[1, 0], 1, 2));
        (read * tensor((float[])[2, 3, 4, 5], 1, 2, 2)).sum().backward();
        Assert.Equal([2, 3, 4, 5], Values.Of(z.grad!));
        Assert.Equal((0.01 + 0.04) / 2, commitment!.item<float>(), 5);
    }

    [Fact]
    public void Vectors_pass_as_they_are_until_there_are_centres()
    {
        using var scope = NewDisposeScope();
        var book = new SemanticCodebook(2, 2);
        var z = tensor((float[])[0.9f, 0.8f], 1, 1, 2);
        var (read, commitment, nearest) = book.Read(z, ones(1, 1));
        Assert.Equal(Values.Of(z), Values.Of(read));
        Assert.Null(commitment);
        Assert.Null(nearest);
        Assert.False(book.IsSet);
    }

    [Fact]
    public void Centres_start_at_what_is_seen_follow_it_and_are_revived()
    {
        using var scope = NewDisposeScope();
        var book = new SemanticCodebook(2, 1);
        book.train();
        var options = new SolidOptions { CodebookSize = 2, CodebookAfter = 3, CentreDecay = 0.5, CentresEvery = 1 };
        var learning = new CodebookLearning([book], options, seed: 1);
        See(0, 0, 10, 10);
        learning.AfterStep(1);
        Assert.False(book.IsSet);
        learning.AfterStep(3);
        Assert.Equal([0f, 10], book.Centres.Order());

        See(1, 1, 11, 11);
        learning.AfterStep(4);
        Assert.Equal([0.5f, 10.5f], book.Centres.Order());                              // half of 0 and half of 1

        for (var step = 5; step < 30; step++)
        {
            See(100, 100, 200, 200);
            learning.AfterStep(step);
        }

        Assert.Equal([100, 200], book.Centres.Order().Select(centre => Math.Round(centre, 0)));

        void See(params float[] values) => book.Read(tensor(values, 1, values.Length, 1), ones(1, values.Length));
    }

    [Fact]
    public void Random_centres_have_the_scale_of_what_is_seen_and_stay()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var book = new SemanticCodebook(400, 1);
        book.train();
        var options = new SolidOptions { Codebook = CodebookKind.Random, CodebookAfter = 1, CentresEvery = 1 };
        var learning = new CodebookLearning([book], options, seed: 1);
        book.Read(randn(1, 500, 1).Times(3).Plus(5), ones(1, 500));
        learning.AfterStep(1);
        var first = book.Centres;
        Assert.InRange(first.Average(), 4.3, 5.7);
        Assert.InRange(Math.Sqrt(first.Average(c => (c - first.Average()) * (c - first.Average()))), 2.5, 3.5);
        book.Read(zeros(1, 500, 1), ones(1, 500));
        learning.AfterStep(2);
        Assert.Equal(first, book.Centres);
    }

    [Fact]
    public void What_was_kept_goes_on_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var (whole, cut) = (new SemanticCodebook(3, 2), new SemanticCodebook(3, 2));
        var options = new SolidOptions { CodebookSize = 3, CodebookAfter = 1, CentresEvery = 1 };
        var (one, two) = (new CodebookLearning([whole], options, 1), new CodebookLearning([cut], options, 1));
        for (var step = 1; step <= 4; step++)
        {
            manual_seed(step);
            var z = randn(1, 20, 2);
            foreach (var book in new[] { whole, cut })
            {
                book.train();
                book.Read(z, ones(1, 20));
            }

            if (step == 3)
            {
                var writer = new SafetensorsWriter();
                two.Save(writer);
                writer.Save(folder["part.safetensors"]);
                two = new CodebookLearning([cut], options, 1);
                using var file = SafetensorsReader.Open(folder["part.safetensors"]);
                two.Load(file);
            }

            one.AfterStep(step);
            two.AfterStep(step);
        }

        Assert.Equal(whole.Centres, cut.Centres);
    }

    private static SemanticCodebook Book(float[] centres, int width)
    {
        var book = new SemanticCodebook(centres.Length / width, width) { Centres = centres };
        book.train();
        return book;
    }
}
