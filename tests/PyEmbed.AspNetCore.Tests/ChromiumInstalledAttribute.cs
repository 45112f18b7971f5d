namespace PyEmbed.AspNetCore.Tests;

/// <summary>Runs a test only where Chromium and its driver are on PATH; elsewhere it is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumInstalledAttribute : ConditionBaseAttribute
{
    public ChromiumInstalledAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "chromium and chromedriver are not on PATH (Debian: apt-get install chromium chromium-driver)";

    /// <inheritdoc />
    public override string GroupName => "chromium";

    /// <inheritdoc />
    public override bool IsConditionMet => Array.TrueForAll(["chromium", "chromedriver"], program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))));
}
