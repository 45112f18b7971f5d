namespace PyEmbed.EndToEnd;

/// <summary>What a child process did.</summary>
internal sealed record ProcessResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for messages and for tools that choose either.</summary>
    public string Text => Output + Error;

    /// <summary>Fails the test, with everything the process said, unless it exited 0.</summary>
    public ProcessResult Succeeds() => Exits(0);

    /// <summary>Fails the test unless the process exited with <paramref name="code"/>.</summary>
    public ProcessResult Exits(int code)
    {
        Assert.AreEqual(code, ExitCode, $"{Command}\n{Text}");
        return this;
    }

    /// <summary>Fails the test unless the process failed.</summary>
    public ProcessResult Fails()
    {
        Assert.AreNotEqual(0, ExitCode, $"{Command}\n{Text}");
        return this;
    }

    /// <summary>Fails the test unless standard output is exactly these lines.</summary>
    public ProcessResult Prints(params string[] lines)
    {
        CollectionAssert.AreEqual(lines, Output.TrimEnd('\n').Split('\n'), $"{Command}\n{Text}");
        return this;
    }

    /// <summary>Fails the test unless either stream contains the text.</summary>
    public ProcessResult Says(string text)
    {
        Assert.Contains(text, Text, $"{Command}\n{Text}");
        return this;
    }

    /// <summary>Fails the test if either stream contains the text.</summary>
    public ProcessResult DoesNotSay(string text)
    {
        Assert.DoesNotContain(text, Text, $"{Command}\n{Text}");
        return this;
    }
}
