using System.Collections.Frozen;
using System.Text;

namespace Tandem.Encoders;

/// <summary>
/// Letters without their accents, for small letters of Latin, Greek and Cyrillic script and for kana: what Unicode's canonical
/// decomposition leaves of them without its marks. Written out, for .NET decomposes nothing where it runs without ICU.
/// </summary>
internal static class Accents
{
    /// <summary>A letter, and behind it the same with accents.</summary>
    private const string Groups =
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ bḃḅḇ cçćĉċčḉ dďḋḍḏḑḓ eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ fḟ gĝğġģǧǵḡ hĥȟḣḥḧḩḫẖ iìíîïĩīĭįǐȉȋḭḯỉị "
        + "jĵǰ kķǩḱḳḵ lĺļľḷḹḻḽ mḿṁṃ nñńņňǹṅṇṉṋ oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ pṕṗ rŕŗřȑȓṙṛṝṟ sśŝşšșṡṣṥṧṩ tţťțṫṭṯṱẗ "
        + "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự vṽṿ wŵẁẃẅẇẉẘ xẋẍ yýÿŷȳẏẙỳỵỷỹ zźżžẑẓẕ æǣǽ øǿ ſẛ ʒǯ αά εέ ηή ιΐίϊ οό υΰϋύ ωώ ϒϓϔ аӑӓ гѓ "
        + "еѐёӗ жӂӝ зӟ ийѝӣӥ кќ оӧ уўӯӱӳ чӵ ыӹ эӭ ії ѵѷ әӛ өӫ うゔ かが きぎ くぐ けげ こご さざ しじ すず せぜ そぞ ただ ちぢ つづ てで とど はばぱ ひびぴ ふぶぷ へべぺ ほぼぽ "
        + "ゝゞ ウヴ カガ キギ クグ ケゲ コゴ サザ シジ スズ セゼ ソゾ タダ チヂ ツヅ テデ トド ハバパ ヒビピ フブプ ヘベペ ホボポ ワヷ ヰヸ ヱヹ ヲヺ ヽヾ";

    private static readonly FrozenDictionary<int, Rune> _bare = Groups.Split(' ')
        .SelectMany(group => group[1..].Select(letter => (Letter: letter, Bare: group[0])))
        .ToFrozenDictionary(pair => (int)pair.Letter, pair => new Rune(pair.Bare));

    /// <summary>The letter by itself.</summary>
    public static Rune TakeOff(Rune letter) => letter.IsAscii || !_bare.TryGetValue(letter.Value, out var bare) ? letter : bare;
}
