using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of a library's XML documentation without the entries of what its users cannot see. Overloads are told by their name alone:
/// an entry stays where one of them is visible.
/// </summary>
public sealed class KeepPublicDocumentation : Task
{
    const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Required] public string Library { get; set; }

    /// <summary>Where the libraries lie that it refers to.</summary>
    [Required] public ITaskItem[] References { get; set; }

    [Required] public string Source { get; set; }

    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        AppDomain.CurrentDomain.AssemblyResolve += Resolve;
        try
        {
            // From bytes: the file stays free, and the next build's library is another one.
            var visible = new HashSet<string>(
                Assembly.Load(File.ReadAllBytes(Library)).GetTypes().Where(t => t.IsVisible).SelectMany(Names));
            var document = XDocument.Load(Source);
            var entries = document.Root.Element("members").Elements("member").ToList();
            var hidden = entries.Where(entry => !visible.Contains(Name(entry.Attribute("name").Value))).ToList();
            hidden.Remove();
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            document.Save(Destination);
            Log.LogMessage(MessageImportance.Normal, "{0}: {1} of {2} entries", Destination, entries.Count - hidden.Count, entries.Count);
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
        }

        return true;
    }

    Assembly Resolve(object sender, ResolveEventArgs asked)
    {
        var name = new AssemblyName(asked.Name).Name;
        var file = References.Select(item => item.ItemSpec).FirstOrDefault(path => Path.GetFileNameWithoutExtension(path) == name);
        return file is null ? null : Assembly.Load(File.ReadAllBytes(file));
    }

    /// <summary>The entry's name without what tells overloads apart: M:A.B``1(System.Int32) is M:A.B.</summary>
    static string Name(string id)
    {
        var name = id.Split('(', '~')[0];
        var generic = name.IndexOf("``", StringComparison.Ordinal);
        return generic < 0 ? name : name.Substring(0, generic);
    }

    static IEnumerable<string> Names(Type type)
    {
        var name = type.FullName.Replace('+', '.');
        yield return "T:" + name;
        foreach (var member in type.GetMembers(Declared))
        {
            var kind = Kind(member);
            if (kind != null) yield return kind + ":" + name + "." + member.Name.Replace('.', '#');
        }
    }

    /// <summary>The letter of a member that users of the library see, or null.</summary>
    static string Kind(MemberInfo member)
    {
        switch (member)
        {
            case MethodBase method: return IsVisible(method) ? "M" : null;
            case FieldInfo field: return field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly ? "F" : null;
            case PropertyInfo property: return property.GetAccessors(nonPublic: true).Any(IsVisible) ? "P" : null;
            case EventInfo added: return IsVisible(added.GetAddMethod(nonPublic: true)) ? "E" : null;
            default: return null;
        }
    }

    static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
