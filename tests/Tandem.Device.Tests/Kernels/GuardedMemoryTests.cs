namespace Tandem.Device.Tests.Kernels;

public class GuardedMemoryTests
{
    [Fact]
    public void A_copy_touches_its_guard_page()
    {
        using var memory = new GuardedMemory();
        foreach (var length in new[] { 0, 1, 1024, 5000 })
        {
            float[] data = [.. Enumerable.Range(0, length)];
            Assert.Equal(data, memory.AtEnd<float>(data));
            Assert.Equal(data, memory.AtStart<float>(data));
            Assert.Equal(0, AddressOf(memory.AtStart<float>(data)) % Environment.SystemPageSize);
            Assert.Equal(0, (AddressOf(memory.AtEnd<float>(data)) + length * sizeof(float)) % Environment.SystemPageSize);
        }
    }

    private static unsafe nint AddressOf(Span<float> span)
    {
        fixed (float* first = &System.Runtime.InteropServices.MemoryMarshal.GetReference(span)) return (nint)first;
    }
}
