// XML ...: fails where the documentation of a package names a type that its users cannot see, or says nothing of one that they can.
using System.Reflection;
using System.Xml.Linq;

foreach (var file in args)
{
    var types = Assembly.Load(Path.GetFileNameWithoutExtension(file)).GetTypes().ToLookup(type => $"{type.FullName}".Replace('+', '.'));
    var names = XDocument.Load(file).Descendants().Attributes().Where(a => a.Name.LocalName is "name" or "cref")
        .Select(a => a.Value).Where(value => value.Length > 2 && value[1] == ':').Distinct().ToList();
    var hidden = names.Where(name => Owner(name) is { IsVisible: false }).ToList();
    if (hidden.Count > 0) throw new InvalidDataException($"{file} names what is not public: {string.Join(", ", hidden)}");
    var silent = types.SelectMany(t => t).Where(t => t.IsVisible && !t.IsNested).Select(t => $"T:{t.FullName}").Except(names).ToList();
    if (silent.Count > 0) throw new InvalidDataException($"{file} says nothing of {string.Join(", ", silent)}");
    Console.WriteLine($"{Path.GetFileName(file)}: {names.Count} names, all public");

    // The type that a name begins with: M:A.B.C(System.Int32) is A.B's or A.B.C's.
    Type? Owner(string name)
    {
        var words = name[2..].Split('(', '~')[0].Split('.');
        return Enumerable.Range(0, words.Length).Select(less => types[string.Join('.', words[..^less])].FirstOrDefault())
            .FirstOrDefault(type => type is not null);
    }
}
