using Canal.Client;
using CanalBridge.Serialization;

namespace CanalBridge.Loop.Map;

/// <summary>A row that cannot become a record: where it is, why, and what to do.</summary>
internal sealed class RowRefusedException : Exception
{
    public RowRefusedException(BinlogPosition position, int row, Exception cause)
        : base(
            $"Stopped at {position} row {row}: {cause.Message} Nothing of its batch was published. "
            + $"Mend the cause, {(cause is UnmappableValueException ? "let such values pass with Delivery:UnfitValue, " : "")}or leave the table out with Source:TableExcludeList, and start again.",
            cause)
    {
    }
}
