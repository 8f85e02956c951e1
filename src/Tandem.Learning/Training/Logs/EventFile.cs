using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Tandem.Learning.Training.Logs;

/// <summary>
/// An event file as TensorBoard reads it: TFRecord frames (https://www.tensorflow.org/tutorials/load_data/tfrecord) around
/// TorchSharp's own event messages.
/// </summary>
/// <remarks>
/// TorchSharp's SummaryWriter takes an event's time as a float, whose neighbours lie two minutes apart in this century, opens the
/// file for each event, and cannot tell TensorBoard that a run was continued.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private readonly TimeProvider _time;
    private readonly FileStream _stream;

    /// <param name="folder">Made where absent. Each opening adds a file: TensorBoard joins the files of a folder by their names.</param>
    /// <param name="firstStep">Steps from here on that earlier files hold are void: they will be taken again.</param>
    /// <param name="time">Of the events.</param>
    public EventFile(string folder, long firstStep, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(folder);
        _stream = Create(folder, time.GetUtcNow().ToUnixTimeMilliseconds());
        Write(new Event { FileVersion = "brain.Event:2" });
        Write(new Event { Step = firstStep, SessionLog = new() { Status = SessionLog.Types.SessionStatus.Start } });
    }

    public void Add(string tag, double value, long step)
    {
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Hands what was added to the system, for a TensorBoard that watches.</summary>
    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    private static FileStream Create(string folder, long milliseconds)
    {
        string Name() => Path.Combine(folder, $"events.out.tfevents.{milliseconds}.tandem");
        while (File.Exists(Name())) milliseconds++;
        return new FileStream(Name(), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Length, its checksum, data, their checksum; little-endian.</summary>
    private void Write(Event item)
    {
        item.WallTime = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var data = item.ToByteArray();
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(head, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedChecksum(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedChecksum(data));
        _stream.Write(head);
        _stream.Write(data);
        _stream.Write(tail);
    }

    /// <summary>CRC-32C, rotated and shifted as the format asks, so that a checksum over a checksum is no fixed point.</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
