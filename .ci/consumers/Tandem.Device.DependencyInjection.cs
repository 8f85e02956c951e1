// BUNDLE [KEY ...]: ranks as the console sample does, by the session of one of a server's users, and prints its JSON.
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Device.DependencyInjection;

await using var provider = new ServiceCollection().AddTandemDevice(options => options.BundleFolder = args[0]).BuildServiceProvider();
using var lease = await provider.GetRequiredService<DeviceSessions>().OpenAsync("ann");
foreach (var key in args[1..]) lease.Session.Observe(lease.Session.Model.Items.Find(key));
var ranked = lease.Session.Recommend(10).Select(best => new { item = best.Item, score = best.Score });
Console.WriteLine(JsonSerializer.Serialize(new { items = ranked }));
