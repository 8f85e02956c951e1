namespace Tandem.Learning.Codes;

/// <summary>How item vectors become codes.</summary>
public enum CodeMethod
{
    /// <summary>
    /// Residual k-means: centres of the vectors, then of what is left of them, level by level; a prefix of codes is a coarser place.
    /// </summary>
    Rkmeans,

    /// <summary>
    /// Optimised product quantisation (Ge et al., CVPR 2013): the vectors are turned, cut into L parts, and each part has centres of its
    /// own. Turn and centres are learned in turns. Codes are of equal rank: none refines another.
    /// </summary>
    Opq,

    /// <summary>
    /// RQ-VAE (TIGER, arXiv 2305.05065): a network narrows the vectors, residual centres are learned with it, another network widens again.
    /// </summary>
    Rqvae,
}
