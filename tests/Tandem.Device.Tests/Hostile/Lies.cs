using CsCheck;
using Tandem.Cli.Drill;

namespace Tandem.Device.Tests.Hostile;

/// <summary>Generators of what an attacker writes; they shrink.</summary>
internal static class Lies
{
    public static Gen<Tampering[]> Any { get; } = Gen.Select(
        Gen.Int[0, 1000], Gen.Int[0, 9], Gen.Int[0, 100_000], Gen.OneOf(OneOf([.. Tampering.Values]), Gen.Long),
        (tensor, kind, at, value) => new Tampering(tensor, kind, at, value)).Array[1, 4];

    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
