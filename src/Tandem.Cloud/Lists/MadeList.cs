using Tandem.Cloud.Requests;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>A list and where it is from, or why there is none.</summary>
/// <param name="List">Null where there is a refusal.</param>
/// <param name="Source"><c>model</c>, <c>cache</c>, <c>fallback</c> or <c>popularity</c>.</param>
/// <param name="Age">Since it was made.</param>
/// <param name="Refusal">Null where there is a list.</param>
internal readonly record struct MadeList(CandidateList? List, string Source, TimeSpan Age, Refusal? Refusal)
{
    public static MadeList Of(CandidateList list, string source) => new(list, source, TimeSpan.Zero, null);

    public static MadeList Refused(Refusal refusal) => new(null, "", TimeSpan.Zero, refusal);
}
