namespace Tandem.Protocol.Items;

/// <summary>What items are like as a part of a model: their content vectors, and how these join the scores.</summary>
/// <param name="Rows">Of the whole catalogue.</param>
/// <param name="Join">Fitted on validation events.</param>
public sealed record JoinedContent(ContentRows Rows, ContentJoin Join);
