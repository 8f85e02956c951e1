using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Device;
using Tandem.Protocol.Items;

namespace Tandem.Samples;

/// <summary>What the program found and what it cost.</summary>
/// <param name="Best">Best first.</param>
/// <param name="Keys">Of the items; null where the bundle holds none.</param>
/// <param name="Delay">Until the first ranking.</param>
/// <param name="ResidentBytes">Memory of the process that lies in RAM, shared pages of the program file included.</param>
/// <param name="Clicks">What a click costs, where that was asked for.</param>
/// <param name="Cloud">What the cloud was asked; null where there is none.</param>
internal sealed record Answer(
    Recommendation[] Best, ItemKeys? Keys, Delay Delay, long ResidentBytes, ClickTimes? Clicks, CloudReport? Cloud)
{
    public void Print(TextWriter output, bool asJson) => output.WriteLine(asJson ? Json() : Text());

    private string Text()
    {
        var text = new StringBuilder();
        foreach (var best in Best)
        {
            text.Append(CultureInfo.InvariantCulture, $"{best.Item,8} {best.Score,10:0.00000}");
            text.Append(Keys is null ? "\n" : $"  {Keys[best.Item]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Delay.Name}: {Delay.Milliseconds:0.0} ms, ")
            .Append(CultureInfo.InvariantCulture, $"resident memory: {ResidentBytes / 1e6:0.0} MB");
        if (Clicks is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\na click: {Clicks.ListMicros:0.0} µs with a list of 200, ")
                .Append(CultureInfo.InvariantCulture, $"{Clicks.CatalogMicros:0.0} µs with the whole catalogue");
        }

        if (Cloud is { } cloud)
        {
            text.Append(CultureInfo.InvariantCulture, $"\ncloud: {(cloud.Asked ? "asked" : "not asked")}, {cloud.Reason}; ")
                .Append(CultureInfo.InvariantCulture, $"list: {(cloud.HasNewList ? "new" : "as before")}, {cloud.ListAge} events old; ")
                .Append(CultureInfo.InvariantCulture, $"events: {cloud.EventsSent} sent, {cloud.EventsWaiting} waiting");
        }

        return text.ToString();
    }

    private string Json()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var item in Best)
            {
                json.WriteStartObject();
                json.WriteNumber("item", item.Item);
                if (Keys is not null) json.WriteString("key", Keys[item.Item]);
                json.WriteNumber("score", item.Score);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber(Delay.JsonName, Math.Round(Delay.Milliseconds, 2));
            json.WriteNumber("residentBytes", ResidentBytes);
            if (Clicks is not null)
            {
                json.WriteNumber("listMicros", Math.Round(Clicks.ListMicros, 2));
                json.WriteNumber("catalogMicros", Math.Round(Clicks.CatalogMicros, 2));
            }

            if (Cloud is not null)
            {
                json.WriteBoolean("asked", Cloud.Asked);
                json.WriteString("reason", Cloud.Reason);
                json.WriteBoolean("newList", Cloud.HasNewList);
                json.WriteNumber("listAge", Cloud.ListAge);
                json.WriteNumber("eventsSent", Cloud.EventsSent);
                json.WriteNumber("eventsWaiting", Cloud.EventsWaiting);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
