namespace Tandem.Learning.Transfer;

/// <summary>Which of MergeNet's four cross-attentions are there: what of the target attends to what of the source.</summary>
[Flags]
public enum AttentionPaths
{
    /// <summary>Rows to rows.</summary>
    RowsToRows = 1,

    /// <summary>Rows to columns.</summary>
    RowsToColumns = 2,

    /// <summary>Columns to rows.</summary>
    ColumnsToRows = 4,

    /// <summary>Columns to columns.</summary>
    ColumnsToColumns = 8,

    /// <summary>All four, as published.</summary>
    All = RowsToRows | RowsToColumns | ColumnsToRows | ColumnsToColumns,
}
