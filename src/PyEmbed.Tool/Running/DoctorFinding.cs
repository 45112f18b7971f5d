namespace PyEmbed.Tool.Running;

/// <summary>One thing that <c>pyembed doctor</c> found.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found.</param>
/// <param name="IsRight">Whether it is as it should be; null where it does not matter.</param>
internal sealed record DoctorFinding(string Subject, string Text, bool? IsRight)
{
    /// <summary>One word: <c>ok</c>, <c>no</c>, or a dash.</summary>
    public string Mark => IsRight switch { true => "ok", false => "no", null => "-" };
}
