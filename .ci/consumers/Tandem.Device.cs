// BUNDLE [KEY ...]: ranks as the console sample does and prints its JSON.
using System.Text.Json;
using Tandem.Device;

var session = new DeviceSession(DeviceModel.Open(args[0]), new DeviceSessionOptions());
foreach (var key in args[1..]) session.Observe(session.Model.Items.Find(key));
var ranked = session.Recommend(10).Select(best => new { item = best.Item, score = best.Score });
Console.WriteLine(JsonSerializer.Serialize(new { items = ranked }));
