using System.Buffers;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.UnitTests;

public sealed class CanalBatchTests
{
    [Fact]
    public void Disposed_batch_gives_no_entries()
    {
        var messages = new Messages { BatchId = 1 };
        messages.Messages_.Add(ByteString.CopyFrom(TestEntries.Insert(1)));
        IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(1024);
        int length = messages.CalculateSize();
        messages.WriteTo(owner.Memory.Span[..length]);
        var batch = new CanalBatch(owner.Memory[..length], owner);

        batch.Dispose();

        // The buffer may hold another batch by now.
        Assert.Throws<ObjectDisposedException>(() => TestEntries.Offsets(batch));
    }

    [Fact]
    public void Empty_batch_survives_its_disposal()
    {
        CanalBatch.Empty.Dispose();

        Assert.True(CanalBatch.Empty.IsEmpty);
        Assert.Empty(TestEntries.Offsets(CanalBatch.Empty));
    }
}
