using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary><c>tandem transfer</c>: three trainings and what they say of the source.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_source_is_held_against_nothing_and_against_noise()
    {
        var data = _folder.WriteRing();
        var source = _folder["source"];
        var trained = TandemProcess.Run("train", "gru4rec", "--data", data, "--epochs", "2", "--threads", "1", "--run", source);
        Assert.True(trained.ExitCode == 0, trained.Error);
        string[] arguments =
        [
            "transfer", "--from", source, "--to", "sasrec", "--data", data, "--set", "training.epochs=2", "--seeds", "2", "--threads", "1",
            "--run", _folder["transfer"], "--json",
        ];
        var result = TandemProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.All(["alone", "transferred", "noise", "difference"], name =>
            Assert.InRange(result.Json.GetProperty(name).GetDouble(), name == "difference" ? -1 : 0, 1));
        Assert.Equal(2, result.Json.GetProperty("interval").GetArrayLength());
        Assert.Contains("over noise in its place", result.Json.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, result.Json.GetProperty("runs").GetArrayLength());

        // What is finished is not trained again.
        var again = TandemProcess.Run(arguments);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(result.Output, again.Output);

        // The adapter is gone: what was trained with it has the tensors of what was not, and ranks by itself.
        Assert.Equal(Names("alone-1"), Names("transferred-1"));
        var evaluated = TandemProcess.Run("evaluate", Path.Combine(_folder["transfer"], "transferred-1"), "--threads", "1", "--json");
        Assert.True(evaluated.ExitCode == 0, evaluated.Error);

        string[] Names(string run) =>
            [.. Protocol.Safetensors.SafetensorsFile.Load(Path.Combine(_folder["transfer"], run, "model.safetensors")).Tensors.Keys];
    }

    [Fact]
    public void Rivals_are_trained_beside_and_held_against_both()
    {
        var data = _folder.WriteRing();
        var source = _folder["source"];
        var trained = TandemProcess.Run("train", "gru4rec", "--data", data, "--epochs", "2", "--threads", "1", "--run", source);
        Assert.True(trained.ExitCode == 0, trained.Error);
        string[] arguments =
        [
            "transfer", "--from", source, "--to", "sasrec", "--data", data, "--set", "training.epochs=2", "--control", "none",
            "--rivals", "logits,ranking,longer", "--longer", "1.5", "--threads", "1", "--run", _folder["transfer"],
        ];
        var result = TandemProcess.Run([.. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        var rivals = result.Json.GetProperty("rivals").EnumerateArray().ToArray();
        Assert.Equal(["logits", "ranking", "longer"], rivals.Select(rival => rival.GetProperty("name").GetString()));
        var (alone, transferred) = (result.Json.GetProperty("alone").GetDouble(), result.Json.GetProperty("transferred").GetDouble());
        Assert.All(rivals, rival =>
        {
            var mean = rival.GetProperty("ndcg").GetDouble();
            Assert.Equal(mean - alone, Difference(rival, "overAlone"), 1e-9);
            Assert.Equal(transferred - mean, Difference(rival, "transferredOver"), 1e-9);
        });
        Assert.Equal(3, Settings("longer").GetProperty("training").GetProperty("epochs").GetInt32());
        Assert.Equal("logits", Settings("logits").GetProperty("distillation").GetProperty("kind").GetString());
        Assert.Contains("longer 0.", TandemProcess.Run(arguments).Output, StringComparison.Ordinal);

        static double Difference(JsonElement rival, string name)
        {
            var interval = rival.GetProperty(name).GetProperty("interval");
            var difference = rival.GetProperty(name).GetProperty("difference").GetDouble();
            Assert.InRange(difference, interval[0].GetDouble(), interval[1].GetDouble());
            return difference;
        }

        JsonElement Settings(string arm) => JsonDocument.Parse(
            File.ReadAllText(Path.Combine(_folder["transfer"], $"{arm}-1", "recipe.json"))).RootElement.GetProperty("settings");
    }

    [Fact]
    public void Rivals_that_a_source_cannot_have_are_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        Assert.Contains("expected of start, logits", Refused("--from", "minilm", "--rivals", "logit"));
        Assert.Contains("minilm is no run", Refused("--from", "minilm", "--rivals", "ranking"));
        Assert.Contains("encodes no titles", Refused("--from", "resnet18", "--rivals", "profiles"));
        Assert.Contains("more than 1", Refused("--from", "minilm", "--rivals", "longer", "--longer", "1"));
        Assert.Contains("minilm, arctic, resnet18", Refused("--from", "nothing"));
        Assert.Contains("neither a run nor a model", Refused("--from", data));
        Assert.False(Directory.Exists(_folder["run"]));

        string Refused(params string[] asked) =>
            TandemProcess.Run(["transfer", "--to", "sasrec", "--data", data, "--run", _folder["run"], .. asked]).RefusedWith();
    }

    [Fact]
    public void Teachers_that_cannot_teach_are_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        foreach (var protocol in (string[])["loo", "loo-refit"])
        {
            var arguments = new[] { "train", "popularity", "--data", data, "--protocol", protocol, "--run", _folder[protocol] };
            Assert.Equal(0, TandemProcess.Run(arguments).ExitCode);
        }

        Assert.Contains("no training run", Refused($"distillation.from={data}"));
        Assert.Contains("no logits", Refused($"distillation.from={_folder["loo"]}", "distillation.kind=logits"));
        Assert.Contains("must not have learned", Refused($"distillation.from={_folder["loo-refit"]}"));
        Assert.Contains("distillation.lists is 0", Refused("distillation.lists=0"));
        Assert.Contains("targets share", Refused($"distillation.from={_folder["loo"]}", "loss.kind=fullSoftmax"));
        Assert.Contains("has a title", Refused("text.enabled=true"));
        Assert.False(Directory.Exists(_folder["run"]));

        string Refused(params string[] settings) => TandemProcess.Run(
            ["train", "sasrec", "--data", data, "--run", _folder["run"], .. settings.SelectMany(setting => (string[])["--set", setting])])
            .RefusedWith();
    }

    [Fact]
    public void A_source_may_be_trained_at_the_same_time()
    {
        var data = _folder.WriteRing();
        var result = TandemProcess.Run(
            "transfer", "--from", "gru4rec", "--back", "--to", "sasrec", "--data", data, "--protocol", "loo", "--control", "none",
            "--set", "training.epochs=2", "--set", "beside.backbone.width=16", "--threads", "1", "--run", _folder["transfer"], "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(2, result.Json.GetProperty("runs").GetArrayLength());
        Assert.Contains("--from", TandemProcess.Run(
            "transfer", "--from", _folder["transfer"], "--back", "--to", "sasrec", "--data", data).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void DIN_takes_from_a_run_under_its_protocol_and_is_held_against_more_epochs()
    {
        var data = _folder.WriteRing();
        var source = _folder["source"];
        var trained = TandemProcess.Run(
            "train", "gru4rec", "--data", data, "--protocol", "sampled-99", "--epochs", "2", "--threads", "1", "--run", source);
        Assert.True(trained.ExitCode == 0, trained.Error);
        string[] arguments =
        [
            "transfer", "--from", source, "--to", "din", "--data", data, "--set", "training.epochs=2", "--rivals", "longer", "--threads",
            "1", "--run", _folder["transfer"], "--json",
        ];
        var result = TandemProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        var rivals = result.Json.GetProperty("rivals").EnumerateArray();
        Assert.Equal("longer", Assert.Single(rivals).GetProperty("name").GetString());
        Assert.Equal(4, result.Json.GetProperty("runs").GetArrayLength());
        Assert.Equal(Names("alone-1"), Names("transferred-1"));
        Assert.All(["logits", "ranking", "profiles"], rival =>
            Assert.Contains("learns from no teacher", Refused(source, "--rivals", rival), StringComparison.Ordinal));
        Assert.Contains("give a finished run of sasrec", Refused("sasrec"));
        Assert.Contains("has a title", Refused(source, "--rivals", "start"));
        Assert.False(Directory.Exists(_folder["refused"]));

        string[] Names(string run) =>
            [.. Protocol.Safetensors.SafetensorsFile.Load(Path.Combine(_folder["transfer"], run, "model.safetensors")).Tensors.Keys];

        string Refused(string from, params string[] asked) => TandemProcess.Run(
            ["transfer", "--from", from, "--to", "din", "--data", data, "--run", _folder["refused"], .. asked]).RefusedWith();
    }

    [Fact]
    public void What_cannot_be_transferred_is_refused_before_anything_is_written()
    {
        var data = _folder.WriteRing();
        Assert.Contains("takes nobody's weights", Refused("transfer", "--from", "x", "--to", "popularity", "--data", data));
        Assert.Contains("no such folder or file", Refused(
            "transfer", "--from", _folder["nothing"], "--to", "sasrec", "--data", data, "--run", _folder["run"]));
        Assert.False(Directory.Exists(_folder["run"]));

        static string Refused(params string[] arguments) => TandemProcess.Run(arguments).RefusedWith();
    }
}
