namespace Tandem.Cloud.Tests;

/// <summary>What becomes true after an answer: a device is told of its events when they are acknowledged.</summary>
internal static class Eventually
{
    private const int MostTries = 200, PauseMillis = 50;

    public static async Task HoldsAsync(Func<Task> check)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await check();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (tries < MostTries)
            {
                await Task.Delay(PauseMillis);
            }
        }
    }
}
