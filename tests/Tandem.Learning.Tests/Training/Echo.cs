using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>A backbone that mixes nothing: the state after an event is the event's row.</summary>
internal sealed class Echo(int width, int window) : Backbone("echo")
{
    public override int Width { get; } = width;

    public override int Window { get; } = window;

    public override Tensor forward(Tensor x) => x.alias();
}
