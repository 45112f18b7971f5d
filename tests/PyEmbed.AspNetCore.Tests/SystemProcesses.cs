using System.Globalization;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The processes that descend from one, as far as they were seen.</summary>
internal sealed class SystemProcesses(int root)
{
    private readonly HashSet<int> seen = [];

    /// <summary>How many were there at the last look, the first one left out.</summary>
    public int Count { get; private set; }

    /// <summary>Sees who is there.</summary>
    public void Look()
    {
        ILookup<int, (int Id, int Parent, int Session)> children = All().ToLookup(process => process.Parent);
        Queue<int> open = new([root]);
        Count = 0;
        while (open.TryDequeue(out int parent))
        {
            foreach ((int id, _, _) in children[parent])
            {
                seen.Add(id);
                open.Enqueue(id);
                Count++;
            }
        }
    }

    /// <summary>None is there any more that was seen, nor one of a session of theirs: a session bears the number of the process that began it.</summary>
    public async Task AreGone()
    {
        List<(int Id, int Parent, int Session)> left = [];
        for (int i = 0; i < 100; i++)
        {
            left = [.. All().Where(process => seen.Contains(process.Id) || seen.Contains(process.Session))];
            if (left.Count == 0)
            {
                return;
            }

            await Task.Delay(100); // The system may still be at it.
        }

        Assert.Fail($"{left.Count} processes are left over: {string.Join(", ", left)}");
    }

    /// <summary>All but those that have ended and wait to be reaped.</summary>
    private static List<(int Id, int Parent, int Session)> All()
    {
        List<(int, int, int)> found = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id))
            {
                try
                {
                    string[] fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
                    if (fields[0] != "Z")
                    {
                        found.Add((id, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)));
                    }
                }
                catch (IOException)
                {
                    // It has ended.
                }
            }
        }

        return found;
    }
}
