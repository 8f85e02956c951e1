using System.Text;
using System.Text.Json.Serialization;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Bundles;

/// <summary>Kinds from outside of the library.</summary>
public sealed partial class BackboneShapesTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_bundle_of_an_outside_kind_is_written_and_read_as_any_other()
    {
        BackboneShapes.Register("test-average", ShapeJson.Default.AverageShape);
        BackboneShapes.Register("test-average", ShapeJson.Default.AverageShape); // the same again is no fault
        var shape = new AverageShape { Items = 4, Width = 2, Window = 3, Rates = 2, Form = AverageForm.Slow };
        Bundle.Write(_temporary["bundle"], SampleBundle.Manifest with { Backbone = shape }, SampleBundle.Weights());

        Assert.Contains("test-average", BackboneShapes.Kinds);
        Assert.Contains(
            "\"backbone\": {\n    \"kind\": \"test-average\",\n    \"rates\": 2,\n    \"form\": \"Slow\",\n    \"items\": 4,",
            File.ReadAllText(Path.Combine(_temporary["bundle"], "manifest.json")), StringComparison.Ordinal);
        Assert.Equal(shape, Bundle.Open(_temporary["bundle"]).Manifest.Backbone);
    }

    [Fact]
    public void Its_faults_are_found_before_the_bundle_is_trusted()
    {
        BackboneShapes.Register("test-average", ShapeJson.Default.AverageShape);
        var json = new BundleManifest
        {
            Name = "films",
            Version = "1",
            CatalogVersion = "c1",
            Backbone = new AverageShape { Items = 4, Width = 2, Window = 3, Rates = 9_000 },
        }.ToJson();
        Assert.False(Bundle.TryOpen(json, new Dictionary<string, ReadOnlyMemory<byte>>(), out _, out var fault));
        Assert.Equal("manifest.json: backbone: rates is 9000, expected 1 to 8192", fault);

        var unknown = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace("\"rates\": 9000,", "", StringComparison.Ordinal));
        Assert.False(Bundle.TryOpen(unknown, new Dictionary<string, ReadOnlyMemory<byte>>(), out _, out fault));
        Assert.Contains("'rates'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_that_was_not_registered_is_not_written()
    {
        var manifest = SampleBundle.Manifest with { Backbone = new ForgottenShape { Items = 4, Width = 2, Window = 3 } };
        var fault = Assert.Throws<BundleException>(() => Bundle.Write(_temporary["bundle"], manifest, new SafetensorsWriter())).Message;
        Assert.Contains("ForgottenShape is no registered kind; call BackboneShapes.Register first", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void One_name_is_one_shape_and_one_shape_has_one_name()
    {
        BackboneShapes.Register("test-average", ShapeJson.Default.AverageShape);
        Refused(() => BackboneShapes.Register("test-average", ShapeJson.Default.TakenShape), "give each shape one name of its own");
        Refused(() => BackboneShapes.Register("test-other", ShapeJson.Default.AverageShape), "give each shape one name of its own");
        Refused(() => BackboneShapes.Register(SasRecShape.KindName, ShapeJson.Default.TakenShape), "'sasrec' is Tandem.Protocol");
        Refused(() => BackboneShapes.Register(" ", ShapeJson.Default.TakenShape), "empty");
    }

    [Fact]
    public void Kinds_are_in_ordinal_order() => Assert.Equal(BackboneShapes.Kinds.Order(StringComparer.Ordinal), BackboneShapes.Kinds);

    private static void Refused(Action register, string said) =>
        Assert.Contains(said, Assert.ThrowsAny<ArgumentException>(register).Message, StringComparison.Ordinal);

    [JsonConverter(typeof(JsonStringEnumConverter<AverageForm>))]
    public enum AverageForm
    {
        Fast,
        Slow,
    }

    public sealed record AverageShape() : BackboneShape("test-average")
    {
        public required int Rates { get; init; }

        public AverageForm Form { get; init; }

        protected override long StateElements => (long)Rates * Width;

        protected override void CheckRanges(List<string> faults) => CheckRange(faults, "rates", Rates, MostWidth);
    }

    public sealed record TakenShape() : BackboneShape("test-average")
    {
        protected override long StateElements => Width;

        protected override void CheckRanges(List<string> faults)
        {
        }
    }

    public sealed record ForgottenShape() : BackboneShape("test-forgotten")
    {
        protected override long StateElements => Width;

        protected override void CheckRanges(List<string> faults)
        {
        }
    }

    [JsonSerializable(typeof(AverageShape))]
    [JsonSerializable(typeof(TakenShape))]
    internal sealed partial class ShapeJson : JsonSerializerContext;
}
