// BUNDLE [ITEM ...]: ranks as the console sample does and prints its JSON, with a session from a container.
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Device;

using var services = new ServiceCollection().AddTandemDevice(options => options.BundleFolder = args[0]).BuildServiceProvider();
var session = services.GetRequiredService<DeviceSession>();
foreach (var item in args[1..]) session.Observe(int.Parse(item));
Console.WriteLine(JsonSerializer.Serialize(new { items = session.Recommend(10).Select(best => new { item = best.Item, score = best.Score }) }));
