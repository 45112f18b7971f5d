namespace PyEmbed.Tool.Inputs;

/// <summary>Which names of files exist on every system: what Windows refuses, others take.</summary>
internal static class PortableName
{
    private const int Longest = 255;

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>Says why a path cannot be a file's on every system; null where it can.</summary>
    public static string? Problem(string path)
    {
        foreach (string part in path.Split('/'))
        {
            if (part.Any(c => c < ' ' || "<>:\"|?*\\".Contains(c, StringComparison.Ordinal)))
            {
                return "it has a character that Windows has not in names";
            }

            if (part.EndsWith('.') || part.EndsWith(' '))
            {
                return "it has a part that ends in a dot or a space, which Windows drops";
            }

            if (Devices.Contains(part.Split('.')[0].TrimEnd()))
            {
                return $"'{part}' is a device on Windows";
            }

            if (System.Text.Encoding.UTF8.GetByteCount(part) > Longest)
            {
                return $"it has a part of more than {Longest} bytes";
            }
        }

        return null;
    }
}
