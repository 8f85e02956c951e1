using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What a cloud answers: a value, or a fault in its place. The default, neither, is no answer.</summary>
/// <typeparam name="T">A message.</typeparam>
public readonly record struct CloudAnswer<T> where T : class
{
    private CloudAnswer(T? value, CloudFault? fault) => (Value, Fault) = (value, fault);

    /// <summary>What was asked for; not trusted.</summary>
    public T? Value { get; }

    /// <summary>Why it was not given.</summary>
    public CloudFault? Fault { get; }

    /// <summary>True where there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool HasValue => Value is not null;

    /// <summary>An answer that brings what was asked for.</summary>
    public static implicit operator CloudAnswer<T>(T value) => new(value, null);

    /// <summary>An answer that says why not.</summary>
    public static implicit operator CloudAnswer<T>(CloudFault fault) => new(null, fault);
}
