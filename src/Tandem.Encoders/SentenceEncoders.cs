using Tandem.Learning.Text;

namespace Tandem.Encoders;

/// <summary>The encoders of this library, by name.</summary>
public static class SentenceEncoders
{
    private static readonly TextEncoder[] _all = [Entry(SentenceModel.MiniLm), Entry(SentenceModel.ArcticXs)];

    /// <summary>Lets recipes name them, see <see cref="TextEncoders"/>. May be called more than once.</summary>
    public static void Register()
    {
        foreach (var encoder in _all) TextEncoders.Register(encoder);
    }

    private static TextEncoder Entry(SentenceModel model) =>
        new(model.Name, model.Description, _ => model.Identity, _ => SentenceEncoder.Load(model));
}
