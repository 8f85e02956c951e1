// BUNDLE [ITEM ...]: ranks as the console sample does and prints its JSON.
using System.Text.Json;
using Tandem.Device;

var session = new DeviceSession(DeviceModel.Open(args[0]), new DeviceSessionOptions());
foreach (var item in args[1..]) session.Observe(int.Parse(item));
var ranked = session.Recommend(10).Select(best => new { item = best.Item, score = best.Score });
Console.WriteLine(JsonSerializer.Serialize(new { items = ranked }));
