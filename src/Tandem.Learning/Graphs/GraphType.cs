namespace Tandem.Learning.Graphs;

/// <summary>Element types of tensors, by their numbers in TensorProto.DataType.</summary>
internal enum GraphType
{
    Float32 = 1,
    Int64 = 7,
}
