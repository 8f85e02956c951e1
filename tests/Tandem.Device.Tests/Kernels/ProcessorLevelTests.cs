using System.Diagnostics;

namespace Tandem.Device.Tests.Kernels;

public class ProcessorLevelTests
{
    /// <summary>The runtime reads its switches when it starts, so each level takes a process of its own.</summary>
    [Theory]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task Kernels_dispatch_right_on_a_processor_without(string level)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(DispatchTests).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program)
        {
            ArgumentList = { "--no-ansi", "--filter-class", typeof(DispatchTests).FullName! },
            Environment = { ["DOTNET_" + level] = "0" },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("succeeded: 5", output, StringComparison.Ordinal);
    }
}
