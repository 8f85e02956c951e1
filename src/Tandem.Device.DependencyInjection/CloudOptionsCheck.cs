using Microsoft.Extensions.Options;

namespace Tandem.Device.DependencyInjection;

/// <summary>Names every fault of the options at once.</summary>
internal sealed class CloudOptionsCheck : IValidateOptions<TandemCloudOptions>, IValidateOptions<TandemEventOutboxOptions>
{
    private const int MostRetries = 10;

    public ValidateOptionsResult Validate(string? name, TandemCloudOptions options)
    {
        var faults = new List<string>();
        if (options.Address is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "" })
            faults.Add("TandemCloudOptions.Address is no absolute http or https address without user and query");
        if (options.Http is null) faults.Add("TandemCloudOptions.Http is null; set it to say which device asks");
        else faults.AddRange(options.Http.Validate().Select(static fault => $"TandemCloudOptions.Http: {fault}"));
        if (options.Retries is < 0 or > MostRetries)
            faults.Add($"TandemCloudOptions.Retries is {options.Retries}; 0 to {MostRetries} are expected");
        if (options.HedgeAfter <= TimeSpan.Zero)
            faults.Add($"TandemCloudOptions.HedgeAfter is {options.HedgeAfter}; more than zero is expected, or null for never");
        return Result(faults);
    }

    public ValidateOptionsResult Validate(string? name, TandemEventOutboxOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.File)) faults.Add("TandemEventOutboxOptions.File is empty; set it to a file of its own");
        if (options.SendEvery < TimeSpan.FromSeconds(1) || options.SendEvery > TimeSpan.FromDays(1))
            faults.Add($"TandemEventOutboxOptions.SendEvery is {options.SendEvery}; 1 s to a day are expected");
        if (options.Outbox is null) faults.Add("TandemEventOutboxOptions.Outbox is null; leave it out for the defaults");
        else faults.AddRange(options.Outbox.Validate().Select(static fault => $"TandemEventOutboxOptions.Outbox: {fault}"));
        return Result(faults);
    }

    private static ValidateOptionsResult Result(List<string> faults) =>
        faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
}
