namespace Tandem.Cli;

/// <summary>Files that hold the old content or the whole new one, whenever a run is cut off.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the target, then puts it in its place.</summary>
    public static void Write(string path, string text)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
