using System.Text;

namespace PyEmbed.Manifest;

/// <summary>The constants of the archive format (docs/formats.md, section 1).</summary>
internal static class ArchiveFormat
{
    /// <summary>The version this code writes, and the newest that it reads.</summary>
    public const int Version = 1;

    /// <summary>The largest archive in bytes: offsets are signed 32-bit integers.</summary>
    public const long MaximumLength = int.MaxValue;

    public const string IndexFolder = ".pyembed";
    public const string IndexPath = ".pyembed/index";
    public const int TrailerLength = 20;
    public const int EndRecordLength = 22;
    public const uint LocalHeaderSignature = 0x04034b50;
    public const uint CentralHeaderSignature = 0x02014b50;
    public const uint EndRecordSignature = 0x06054b50;
    public const uint Zip64EndRecordSignature = 0x06064b50;
    public const uint Zip64LocatorSignature = 0x07064b50;

    public const int FolderHasExtensionModules = 1;
    public const int FolderHasLooseBytecode = 2;
    public const int FolderHasPathFiles = 4;
    public const int FolderIsStripped = 8;

    public static readonly byte[] Magic = [(byte)'P', (byte)'Y', (byte)'E', (byte)'M', (byte)'B', (byte)'E', (byte)'D', 0];

    /// <summary>UTF-8 without a mark that refuses what it cannot express instead of replacing it.</summary>
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] PlacementNames = ["app", "library"];
    private static readonly string[] MaterializeNames = ["auto", "never", "data", "all"];

    public static string NameOf(TreePlacement placement) => PlacementNames[(int)placement];

    public static string NameOf(MaterializeMode mode) => MaterializeNames[(int)mode];

    public static bool TryParse(string name, out TreePlacement placement)
    {
        int index = Array.IndexOf(PlacementNames, name);
        placement = (TreePlacement)index;
        return index >= 0;
    }

    public static bool TryParse(string name, out MaterializeMode mode)
    {
        int index = Array.IndexOf(MaterializeNames, name);
        mode = (MaterializeMode)index;
        return index >= 0;
    }
}
