using Google.Protobuf;

namespace Tandem.Learning.Language.Tokenizers;

/// <summary>What a SentencePiece model (sentencepiece_model.proto) says of its pieces and settings.</summary>
internal sealed class SentencePieceFile
{
    public const int Normal = 1, Unknown = 2, Control = 3, Byte = 6;

    private const int Pieces = 1, Trainer = 2, Normalizer = 3;

    /// <summary>By number.</summary>
    public List<(string Text, int Type)> Vocabulary { get; } = [];

    /// <summary>Such as <c>nmt_nfkc</c> or <c>identity</c>.</summary>
    public string NormalizerName { get; private set; } = "";

    /// <summary>True (default) where a text begins as if a blank stood before it.</summary>
    public bool HasBlankBefore { get; private set; } = true;

    /// <summary>What stands for unknown characters in a text that is written.</summary>
    public string UnknownText { get; private set; } = " \u2047 ";

    /// <summary>The token that begins a sentence; below 0 where there is none. Default 1.</summary>
    public int FirstToken { get; private set; } = 1;

    /// <exception cref="InvalidProtocolBufferException">The bytes are no such model.</exception>
    public static SentencePieceFile Parse(byte[] bytes)
    {
        var file = new SentencePieceFile();
        Visit(bytes, (field, input) =>
        {
            if (field == Pieces) file.AddPiece(input.ReadBytes());
            else if (field == Trainer) file.ReadTrainer(input.ReadBytes());
            else if (field == Normalizer) file.ReadNormalizer(input.ReadBytes());
            else return false;
            return true;
        });
        return file;
    }

    private void AddPiece(ByteString bytes)
    {
        var (text, type) = ("", Normal);
        Visit(bytes.ToByteArray(), (field, input) =>
        {
            if (field == 1) text = input.ReadString();
            else if (field == 3) type = input.ReadEnum();
            else return false;
            return true;
        });
        Vocabulary.Add((text, type));
    }

    private void ReadTrainer(ByteString bytes) => Visit(bytes.ToByteArray(), (field, input) =>
    {
        if (field == 41) FirstToken = input.ReadInt32();
        else if (field == 44) UnknownText = input.ReadString();
        else return false;
        return true;
    });

    private void ReadNormalizer(ByteString bytes) => Visit(bytes.ToByteArray(), (field, input) =>
    {
        if (field == 1) NormalizerName = input.ReadString();
        else if (field == 3) HasBlankBefore = input.ReadBool();
        else return false;
        return true;
    });

    /// <param name="bytes">Of a message.</param>
    /// <param name="read">Reads a field of the number, or returns false and leaves it.</param>
    private static void Visit(byte[] bytes, Func<int, CodedInputStream, bool> read)
    {
        using var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            if (!read(WireFormat.GetTagFieldNumber(tag), input)) input.SkipLastField();
    }
}
