using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Tandem.Device;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>tandem.h is written by hand: what it says is held against what the library is.</summary>
public unsafe partial class HeaderTests
{
    private static readonly string _text = File.ReadAllText(Path.Combine(Repository.Root, "src", "Tandem.Native", "include", "tandem.h"));

    /// <summary>Names of the functions that the header declares, in ordinal order.</summary>
    public static IEnumerable<string> Functions =>
        Declaration().Matches(_text).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);

    [Fact]
    public void The_version_is_the_products()
    {
        var version = typeof(Exports).Assembly.GetName().Version!;
        Assert.Equal(Exports.Version, (uint)(version.Major << 16 | version.Minor << 8 | version.Build));
        Assert.Contains($"#define TANDEM_VERSION 0x{Exports.Version:x6}u", _text, StringComparison.Ordinal);
    }

    [Fact]
    public void Statuses_have_the_same_numbers() => Assert.Equal(Members<Status>(), Numbers("TANDEM_OK"));

    [Fact]
    public void Modes_have_the_same_numbers() => Assert.Equal(Members<RankingMode>(), Numbers("TANDEM_FUSED"));

    [Fact]
    public void Structures_have_the_same_members_in_the_same_order()
    {
        Assert.Equal(["Item", "Score", "CloudScore", "DeviceScore"], Fields("tandem_item"));
        Assert.Equal(["Size", "CloudShare", "HistoryLimit", "KeepConsumed"], Fields("tandem_options"));
        Assert.Equal(
            ["CloudScore", "DeviceScore", "CloudShare", "DeviceShare", "EventCount", "SuccessorScore",
                "FollowedCount", "ContentScore"], Fields("tandem_explanation"));
        Assert.Equal(
            ["Size", "Items", "EventCount", "KeptEvents", "ListAge", "SessionBytes", "EventsSetAside"], Fields("tandem_info"));
        Assert.Equal(typeof(SessionInfo).GetFields().Where(f => !f.IsStatic).Select(f => f.Name), Fields("tandem_info"));
        Assert.Equal(["Item", "Age", "Similarity"], Fields("tandem_event"));
        Assert.Equal(["Status", "RetryAfter", "Body", "Size"], Fields("tandem_reply"));
        Assert.Equal(["Item", "Age", "Share"], Fields("tandem_followed"));
        Assert.Equal((16, 16, 40, 104), (sizeof(RankedItem), sizeof(SessionSettings), sizeof(SessionInfo), sizeof(ItemExplanation)));
        Assert.Equal(ItemExplanation.FirstSize, Marshal.OffsetOf<ItemExplanation>(nameof(ItemExplanation.SuccessorScore)));
    }

    [Fact]
    public void C_lays_the_structures_out_as_the_library_does()
    {
        var info = string.Concat(typeof(SessionInfo).GetFields().Where(f => !f.IsStatic).Select(
            f => Claim($"offsetof(tandem_info, {SnakeCase(f.Name)}) == {Marshal.OffsetOf<SessionInfo>(f.Name)}")));
        Compile(
            $"""
             #include <stddef.h>
             #include "tandem.h"
             {Claim($"sizeof(tandem_info) == {sizeof(SessionInfo)}")}{info}
             {Claim($"sizeof(tandem_options) == {sizeof(SessionSettings)}")}
             {Claim($"sizeof(tandem_explanation) == {sizeof(ItemExplanation)}")}
             {Claim($"sizeof(tandem_item) == {sizeof(RankedItem)}")}
             {Claim($"sizeof(tandem_reply) == {sizeof(CallerReply)}")}
             {Claim($"offsetof(tandem_reply, body) == {Marshal.OffsetOf<CallerReply>(nameof(CallerReply.Body))}")}
             """,
            "c11");

        static string Claim(string what) => $"_Static_assert({what}, \"{what}\");\n";
    }

    [Fact]
    public void Compilers_of_C89_that_have_stdint_read_the_header() => Compile(
        """
        #include "tandem.h"
        static tandem_options options = TANDEM_OPTIONS_DEFAULT;
        int main(void) { return (int)options.size; }
        """,
        "c89");

    private static void Compile(string source, string standard)
    {
        Assert.SkipUnless(Tool.Exists("gcc"), "gcc is needed: apt-get install gcc");
        using var folder = new TemporaryFolder();
        var file = folder["claims.c"];
        File.WriteAllText(file, source + "\n");
        var include = Path.Combine(Repository.Root, "src", "Tandem.Native", "include");
        Tool.Run("gcc", $"-std={standard}", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", include, file).Succeeded();
    }

    private static string SnakeCase(string name) => Regex.Replace(name, "(?<!^)[A-Z]", "_$0").ToLowerInvariant();

    /// <summary>BAD_ARGUMENT and 1, and so on.</summary>
    private static IEnumerable<(string Name, int Value)> Members<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(v => (SnakeCase($"{v}").ToUpperInvariant(), Convert.ToInt32(v, CultureInfo.InvariantCulture)));

    private static IEnumerable<(string Name, int Value)> Numbers(string first)
    {
        var start = _text.IndexOf($"  {first} =", StringComparison.Ordinal);
        return Number().Matches(_text[start.._text.IndexOf("};", start, StringComparison.Ordinal)])
            .Select(m => (m.Groups[1].Value, int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)));
    }

    private static IEnumerable<string> Fields(string structure)
    {
        var start = _text.IndexOf($"typedef struct {structure}", StringComparison.Ordinal);
        return Field().Matches(_text[start.._text.IndexOf($"}} {structure};", start, StringComparison.Ordinal)])
            .Select(m => string.Concat(m.Groups[1].Value.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
    }

    [GeneratedRegex(@"^TANDEM_API \w+ (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^  TANDEM_(\w+) = (\d+)", RegexOptions.Multiline)]
    private static partial Regex Number();

    [GeneratedRegex(@"^  (?:u?int32_t|int64_t|float|double|const uint8_t) \*?(\w+);", RegexOptions.Multiline)]
    private static partial Regex Field();
}
