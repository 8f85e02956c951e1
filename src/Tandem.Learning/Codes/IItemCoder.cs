namespace Tandem.Learning.Codes;

/// <summary>What was learned from some vectors and codes any: equal vectors get equal codes, whatever stands beside them.</summary>
internal interface IItemCoder
{
    /// <summary>[N, L] codes of N vectors.</summary>
    /// <param name="vectors">[N, D] row-major.</param>
    ushort[] Code(float[] vectors);

    /// <summary>[N, D]: the vectors that codes stand for.</summary>
    /// <param name="codes">[N, L] row-major.</param>
    float[] Rebuild(ushort[] codes);
}
