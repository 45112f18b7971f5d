using System.Globalization;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The processes that descend from one, as far as they were seen. A number is given again after the process: what tells them apart is when they began.</summary>
internal sealed class SystemProcesses(int root)
{
    private readonly Dictionary<int, long> seen = [];

    private readonly record struct Entry(int Id, int Parent, int Group, long Began);

    /// <summary>How many were there at the last look, the first one left out.</summary>
    public int Count { get; private set; }

    /// <summary>Sees who is there.</summary>
    public void Look()
    {
        ILookup<int, Entry> children = All().ToLookup(process => process.Parent);
        Queue<int> open = new([root]);
        Count = 0;
        while (open.TryDequeue(out int parent))
        {
            foreach (Entry process in children[parent])
            {
                seen[process.Id] = process.Began;
                open.Enqueue(process.Id);
                Count++;
            }
        }
    }

    /// <summary>None is there any more that was seen, nor one of a group of theirs: a group bears the number of the process that began it, which nobody else gets before its end.</summary>
    public async Task AreGone()
    {
        List<Entry> left = [];
        for (int i = 0; i < 100; i++)
        {
            List<Entry> all = All();
            Dictionary<int, long> began = all.ToDictionary(process => process.Id, process => process.Began);
            left = [.. all.Where(process => IsOne(process.Id, process.Began) || (seen.TryGetValue(process.Group, out long first) && IsOne(process.Group, began.GetValueOrDefault(process.Group, first))))];
            if (left.Count == 0)
            {
                return;
            }

            await Task.Delay(100); // The system may still be at it.
        }

        Assert.Fail($"{left.Count} processes are left over: {string.Join(", ", left)}");
    }

    private bool IsOne(int id, long began) => seen.TryGetValue(id, out long other) && other == began;

    /// <summary>All but those that have ended and wait to be reaped.</summary>
    private static List<Entry> All()
    {
        List<Entry> found = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id))
            {
                try
                {
                    string[] fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
                    if (fields[0] != "Z")
                    {
                        found.Add(new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture)));
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
