using Tandem.Device.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;

namespace Tandem.Device.Tests;

/// <summary>Runs the tests, or the process that one of them kills.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => arguments is [AppendingProcess.Argument, var path]
        ? AppendingProcess.Append(path)
        : TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
