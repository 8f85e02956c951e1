using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit.Sdk;
using Xunit.v3;

// Torch draws weights from one generator for the whole process, so two tests at once would not repeat.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Tandem.Parity.Tests;

/// <summary>Tests of tiny shapes gain nothing from threads that spin, and sums in one order repeat to the bit.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => torch.set_num_threads(1);
}
