namespace PyEmbed.EndToEnd;

/// <summary>Runs a command with the root file system mounted read-only, in a mount namespace of its own.</summary>
internal static class ReadOnlyDisk
{
    /// <summary>The command, preceded by a check that the disk really refuses to be written.</summary>
    public static string[] Command(params string[] program) =>
    [
        "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
        "mount -o remount,bind,ro / && ! touch /tmp/probe 2>/dev/null && exec \"$@\"", "sh", .. program,
    ];
}
