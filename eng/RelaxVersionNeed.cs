using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of a 64-bit little-endian ELF library in which one version need is weak, so that the loader accepts a system
/// library without that version. Does nothing where the system library has the version. Layouts: ELF gABI, chapter 4, and the
/// LSB's symbol versioning, section 10.7.4.
/// </summary>
public sealed class RelaxVersionNeed : Task
{
    const uint SectionTypeVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    const ushort WeakFlag = 2;                       // VER_FLG_WEAK

    static readonly string[] SystemFolders =
    {
        "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib",
    };

    [Required] public string Source { get; set; }

    [Required] public string Destination { get; set; }

    /// <summary>The needed library's file name (vn_file).</summary>
    [Required] public string Library { get; set; }

    /// <summary>The version of it to make weak (vna_name).</summary>
    [Required] public string Version { get; set; }

    /// <summary>True where <see cref="Destination"/> is to be used in place of <see cref="Source"/>.</summary>
    [Output] public bool Written { get; set; }

    public override bool Execute()
    {
        if (SystemHasVersion()) return true;
        Written = true;
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) >= File.GetLastWriteTimeUtc(Source)) return true;

        var elf = File.ReadAllBytes(Source);
        if (!TryFindFlags(elf, out var flags))
        {
            // Another build of the library without the need: it loads as it is.
            Written = false;
            return true;
        }

        elf[flags] |= (byte)WeakFlag;
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        // A new file renamed into place: the old one may be a link that other outputs share.
        var fresh = Destination + ".new";
        File.WriteAllBytes(fresh, elf);
        File.Delete(Destination);
        File.Move(fresh, Destination);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} of {2} made weak", Destination, Version, Library);
        return true;
    }

    bool SystemHasVersion()
    {
        foreach (var folder in SystemFolders)
        {
            var path = Path.Combine(folder, Library);
            if (File.Exists(path)) return Encoding.GetEncoding("iso-8859-1").GetString(File.ReadAllBytes(path)).Contains(Version + "\0");
        }

        return false;
    }

    /// <summary>Offset of vna_flags of the version need, by walking the section's chains.</summary>
    bool TryFindFlags(byte[] elf, out int flags)
    {
        flags = 0;
        if (elf.Length < 64 || BitConverter.ToUInt32(elf, 0) != 0x464c457f || elf[4] != 2 || elf[5] != 1) return false;
        var headers = (int)BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3A), count = BitConverter.ToUInt16(elf, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var header = headers + i * size;
            if (BitConverter.ToUInt32(elf, header + 4) != SectionTypeVersionNeeds) continue;
            var strings = (int)BitConverter.ToInt64(elf, headers + BitConverter.ToInt32(elf, header + 0x28) * size + 0x18);
            return TryFindFlags(elf, (int)BitConverter.ToInt64(elf, header + 0x18), strings, out flags);
        }

        return false;
    }

    bool TryFindFlags(byte[] elf, int need, int strings, out int flags)
    {
        while (true)
        {
            var isLibrary = Text(elf, strings + BitConverter.ToInt32(elf, need + 4)) == Library;
            var version = need + BitConverter.ToInt32(elf, need + 8);
            for (var left = BitConverter.ToUInt16(elf, need + 2); isLibrary && left > 0; left--)
            {
                flags = version + 4;
                if (Text(elf, strings + BitConverter.ToInt32(elf, version + 8)) == Version) return true;
                version += BitConverter.ToInt32(elf, version + 12);
            }

            var next = BitConverter.ToInt32(elf, need + 12);
            if (next == 0) break;
            need += next;
        }

        flags = 0;
        return false;
    }

    static string Text(byte[] elf, int offset) =>
        Encoding.ASCII.GetString(elf, offset, Array.IndexOf(elf, (byte)0, offset) - offset);
}
