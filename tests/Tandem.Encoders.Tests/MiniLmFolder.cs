using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Encoders.Tests;

/// <summary>MiniLM's weights and words as its published folder has them, made once for all tests.</summary>
public sealed class MiniLmFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MiniLmFolder()
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in SentenceModel.MiniLm.ReadWeights())
            writer.Add<float>(weight.Name, weight.Values, [.. weight.Shape.Select(n => (int)n)]);
        writer.Save(_folder["model.safetensors"]);
        using (var words = SentenceModel.MiniLm.OpenWords())
        using (var file = File.Create(_folder["vocab.txt"])) words.CopyTo(file);
        _folder.Write("config.json", """
            {"architectures":["BertModel"],"model_type":"bert","attention_probs_dropout_prob":0.1,"hidden_act":"gelu",
            "hidden_size":384,"initializer_range":0.02,"intermediate_size":1536,"layer_norm_eps":1e-12,"max_position_embeddings":512,
            "num_attention_heads":12,"num_hidden_layers":6,"pad_token_id":0,"position_embedding_type":"absolute","type_vocab_size":2,
            "use_cache":true,"vocab_size":30522}
            """);
        _folder.Write("tokenizer_config.json", """
            {"do_lower_case":true,"unk_token":"[UNK]","strip_accents":null,"tokenize_chinese_chars":true,"model_max_length":512,
            "tokenizer_class":"BertTokenizer"}
            """);
        _folder.Write("sentence_bert_config.json", """{"max_seq_length":256,"do_lower_case":false}""");
        _folder.Write("modules.json", """
            [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
            {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
            {"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]
            """);
        Directory.CreateDirectory(_folder["1_Pooling"]);
        _folder.Write("1_Pooling/config.json", """
            {"word_embedding_dimension":384,"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true,
            "pooling_mode_max_tokens":false,"pooling_mode_mean_sqrt_len_tokens":false}
            """);
    }

    public string Root => _folder.Root;

    public void Dispose() => _folder.Dispose();
}
