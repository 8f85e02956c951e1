using System.Runtime.CompilerServices;
using TorchSharp;

namespace Tandem.Parity.Tests;

/// <summary>Tests of tiny shapes gain nothing from threads that spin, and sums in one order repeat to the bit.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => torch.set_num_threads(1);
}
