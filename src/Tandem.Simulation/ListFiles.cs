using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tandem.Learning.Collaboration;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Safetensors;

namespace Tandem.Simulation;

/// <summary>
/// Lists that a cloud's model made, in files of a folder, so that a simulation with other settings of the device does not make them again.
/// </summary>
/// <remarks>
/// A file is found by a hash of the model, the catalogue and every request. Tensors: <c>counts</c> [U] I32, <c>items</c> [Σ counts] I32
/// and <c>scores</c> [Σ counts] F32. One that is damaged or does not fit is made anew.
/// </remarks>
/// <param name="folder">Made when the first file is written.</param>
/// <param name="model">Names the model's weights, such as a hash of their file.</param>
public sealed class ListFiles(string folder, string model)
{
    /// <summary>The lists of these requests, or null.</summary>
    /// <param name="name">For people, in the file's name.</param>
    /// <param name="generator">Whose lists they are.</param>
    /// <param name="requests">For each user a request.</param>
    public CandidateList[]? Read(
        string name, ICandidateGenerator generator, IReadOnlyList<(int User, CandidateRequest Request)> requests)
    {
        var path = PathOf(name, generator, requests);
        if (!File.Exists(path)) return null;
        try
        {
            var file = SafetensorsFile.Load(path);
            var counts = file.Get("counts", requests.Count).As<int>();
            var total = counts.ToArray().Sum();
            var (items, scores) = (file.Get("items", total), file.Get("scores", total));
            var lists = new CandidateList[requests.Count];
            for (int i = 0, from = 0; i < lists.Length; from += counts[i++])
            {
                lists[i] = new()
                {
                    CatalogVersion = generator.CatalogVersion,
                    ModelVersion = generator.ModelVersion,
                    HistoryLength = requests[i].Request.History.Count,
                    Items = items.As<int>().Slice(from, counts[i]).ToArray(),
                    Scores = scores.As<float>().Slice(from, counts[i]).ToArray(),
                };
            }

            return lists;
        }
        catch (Exception e) when (e is SafetensorsException or IOException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Keeps lists.</summary>
    /// <param name="name">For people, in the file's name.</param>
    /// <param name="generator">Whose lists they are.</param>
    /// <param name="requests">For each user a request.</param>
    /// <param name="lists">Beside them.</param>
    public void Write(
        string name, ICandidateGenerator generator, IReadOnlyList<(int User, CandidateRequest Request)> requests,
        IReadOnlyList<CandidateList> lists)
    {
        var path = PathOf(name, generator, requests);
        Directory.CreateDirectory(folder);
        var writer = new SafetensorsWriter();
        var total = lists.Sum(list => list.Items.Count);
        writer.Add<int>("counts", [.. lists.Select(list => list.Items.Count)], lists.Count);
        writer.Add<int>("items", [.. lists.SelectMany(list => list.Items)], total);
        writer.Add<float>("scores", [.. lists.SelectMany(list => list.Scores)], total);
        writer.Save(path);
    }

    private string PathOf(
        string name, ICandidateGenerator generator, IReadOnlyList<(int User, CandidateRequest Request)> requests)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{model}\n{generator.CatalogVersion}\n{generator.ModelVersion}\n"));
        foreach (var (_, request) in requests)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(
                request with { SliceOfModel = null }, MessageJson.Default.CandidateRequest));
        }

        return Path.Combine(folder, $"{name}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}.safetensors");
    }
}
