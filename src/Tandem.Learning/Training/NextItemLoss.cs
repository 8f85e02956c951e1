namespace Tandem.Learning.Training;

/// <summary>
/// Losses of next-item prediction. s⁺ is a target's score, s⁻ a negative's, V the catalogue's size, n the negatives of a target.
/// </summary>
public enum NextItemLoss
{
    /// <summary>
    /// −log( e^{s⁺} / (e^{s⁺} + Σ e^{s⁻ − log n q⁻}) ), q⁻ the probability by which the negative was drawn: each stands for 1 / (n q⁻)
    /// items, so the sum estimates that of the full softmax (Bengio and Senécal 2008).
    /// </summary>
    SampledSoftmax,

    /// <summary>−log( e^{s⁺} / Σ e^{s} ) over the whole catalogue. Exact; costs V inner products a target.</summary>
    FullSoftmax,

    /// <summary>
    /// −( β log σ(s⁺) + Σ log(1 − σ(s⁻)) ) / (n + 1), β = α (t (1 − 1/α) + 1/α), α = n / (V − 1) (gSASRec, arXiv 2308.07192).
    /// </summary>
    Gbce,

    /// <summary>−( log σ(s⁺) + Σ log(1 − σ(s⁻)) ) / (n + 1), SASRec's own with n = 1: gBCE with t = 0.</summary>
    Bce,

    /// <summary>−(1/n) Σ log σ(s⁺ − s⁻) (Rendle et al., UAI 2009).</summary>
    Bpr,
}
