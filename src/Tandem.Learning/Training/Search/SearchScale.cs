namespace Tandem.Learning.Training.Search;

/// <summary>How the values of a setting are spread.</summary>
public enum SearchScale
{
    /// <summary>Named values, each as likely as the others.</summary>
    Choices,

    /// <summary>Any number of an interval, each as likely as the others.</summary>
    Linear,

    /// <summary>
    /// Any number of an interval, its logarithm uniform: a rate between 1e-4 and 1e-3 is as likely as one between 1e-3 and 1e-2.
    /// </summary>
    Log,
}
