using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Tests.Learning;

/// <summary>Every kind of backbone, small, in widths that are and that are not multiples of a vector.</summary>
internal static class Runners
{
    private const int Window = 10;

    private static readonly SasRecShape _sasRec = new()
    {
        Items = LearningTask.Items,
        Width = 12,
        Blocks = 2,
        Heads = 2,
        Inner = 12,
        Window = Window,
    };

    private static readonly Gru4RecShape _gru4Rec = new()
    {
        Items = LearningTask.Items,
        Width = 12,
        Layers = 1,
        Hidden = 12,
        Window = Window,
    };

    private static readonly HstuShape _hstu = new()
    {
        Items = LearningTask.Items,
        Width = 12,
        Blocks = 2,
        Heads = 2,
        AttentionWidth = 5,
        LinearWidth = 7,
        TimeBuckets = 40,
        UsesTimes = false,
        Window = Window,
    };

    private static readonly DinShape _din = new()
    {
        Items = LearningTask.Items,
        Width = 12,
        AttentionHidden = 8,
        Hidden = 16,
        LastHidden = 8,
        Window = Window,
    };

    private static readonly TttShape _ttt = new()
    {
        Items = LearningTask.Items,
        Width = 12,
        Blocks = 2,
        Heads = 3,
        Inner = TttInnerForm.Linear,
        MiniBatch = 4,
        FeedForwardWidth = 20,
        BaseRate = 1,
        RopeBase = 1000,
        Window = Window,
    };

    private static readonly Dictionary<string, BackboneShape> _shapes = new()
    {
        ["sasrec"] = _sasRec,
        ["sasrec, 1 block"] = _sasRec with { Blocks = 1, Heads = 1, Width = 7 },
        ["sasrec, gelu"] = _sasRec with { Block = SasRecBlockForm.Gelu, Inner = 20 },
        ["sasrec, ligr"] = _sasRec with { Block = SasRecBlockForm.Ligr, Heads = 3 },
        ["sasrec, unit length"] = _sasRec with { Normalized = true },
        ["gru4rec"] = _gru4Rec,
        ["gru4rec, 2 layers, wider"] = _gru4Rec with { Layers = 2, Hidden = 17 },
        ["gru4rec, narrower, unit length"] = _gru4Rec with { Layers = 3, Hidden = 9, Normalized = true },
        ["hstu"] = _hstu,
        ["hstu, times"] = _hstu with { UsesTimes = true, Blocks = 3 },
        ["din"] = _din,
        ["din, odd"] = _din with { Width = 9, AttentionHidden = 5, Hidden = 11, LastHidden = 7 },
        ["ttt"] = _ttt,
        ["ttt, mlp, odd, unit length"] = _ttt with
        {
            Inner = TttInnerForm.Mlp,
            Width = 18,
            Decay = true,
            UsesTimes = true,
            EventValues = true,
            Normalized = true,
        },
    };

    /// <summary>Every kind with every part of it that can be learned.</summary>
    public static TheoryData<string, LearnedPart> Learned => new(
        from shape in _shapes
        from part in Enum.GetValues<LearnedPart>()
        where DeviceBackbones.CreateRunner(shape.Value).CanLearn(part)
        select (shape.Key, part));

    public static BackboneShape Shape(string name) => _shapes[name];
}
