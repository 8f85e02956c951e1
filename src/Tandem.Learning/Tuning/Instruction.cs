namespace Tandem.Learning.Tuning;

/// <summary>A question and its answer, in tokens.</summary>
/// <param name="Read">What is asked.</param>
/// <param name="Written">What is answered, with the token that ends it where it is a text.</param>
/// <param name="Item">The item that is answered as codes; 0 where the answer is a text.</param>
internal sealed record Instruction(int[] Read, int[] Written, int Item);
