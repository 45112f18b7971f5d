using System.Text;

namespace PyEmbed.AspNetCore;

/// <summary>One run of a script in this process, and what it writes. Its isolate's thread does all but the reading.</summary>
/// <param name="name">The script's name.</param>
/// <param name="limit">How many characters are kept of each stream.</param>
internal sealed class ScriptRun(string name, int limit)
{
    [ThreadStatic]
    private static ScriptRun? current;

    private readonly Kept output = new(limit), error = new(limit);
    private volatile bool runs;

    /// <summary>The one that the calling thread runs.</summary>
    public static ScriptRun? Current => current;

    public string Name => name;

    /// <summary>Whether it has begun and not ended.</summary>
    public bool Runs => runs;

    public string Output => output.ToString();

    public string Error => error.ToString();

    /// <summary>Where isolates write to: the run of the thread, or this process's stream where it is a thread that a script has started.</summary>
    public static TextWriter Writer(bool isError) => new Stream(isError);

    public void Begin()
    {
        current = this;
        runs = true;
    }

    public void End()
    {
        runs = false;
        current = null;
    }

    private sealed class Kept(int limit)
    {
        private readonly StringBuilder text = new();
        private long dropped;

        // Who waits for a run that did not end reads what it has written so far.
        public void Add(string more)
        {
            lock (text)
            {
                int fits = Math.Min(more.Length, limit - text.Length);
                text.Append(more, 0, fits);
                dropped += more.Length - fits;
            }
        }

        public override string ToString()
        {
            lock (text)
            {
                return dropped == 0 ? text.ToString() : $"{text}\n[{dropped} more characters]";
            }
        }
    }

    private sealed class Stream(bool isError) : TextWriter
    {
        public override Encoding Encoding => Encoding.Unicode;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            if (Current is not { } run)
            {
                (isError ? Console.Error : Console.Out).Write(value);
            }
            else
            {
                (isError ? run.error : run.output).Add(value ?? "");
            }
        }
    }
}
