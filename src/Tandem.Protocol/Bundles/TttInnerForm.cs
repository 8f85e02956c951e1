using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>What the state of a TTT layer is the weights of, for each head of width F.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TttInnerForm>))]
public enum TttInnerForm
{
    /// <summary>f(x) = x + LN(x W + b).</summary>
    Linear,

    /// <summary>f(x) = x + LN(gelu(x W₁ + b₁) W₂ + b₂), 4 F wide inside.</summary>
    Mlp,

    /// <summary>
    /// As <see cref="Linear"/> with nothing in it at the start, a gradient that is k − v whatever it holds, and steps that are not
    /// averaged.
    /// </summary>
    LinearAttention,
}
