namespace PyEmbed.EndToEnd;

/// <summary>Runs a test only where the system's package manager has installed sympy; elsewhere it is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SympyInstalledAttribute : ConditionBaseAttribute
{
    /// <summary>Where the system's package manager puts distributions.</summary>
    public const string SitePackages = "/usr/lib/python3/dist-packages";

    public SympyInstalledAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = $"sympy is not installed in {SitePackages}";

    /// <inheritdoc />
    public override string GroupName => "sympy";

    /// <inheritdoc />
    public override bool IsConditionMet => Directory.Exists(SitePackages + "/sympy");
}
