using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>A network that gives each label of an example a number: [B, …] → logits [B, K].</summary>
public abstract class Classifier : nn.Module<Tensor, Tensor>
{
    private protected Classifier(string name) : base(name)
    {
    }
}
