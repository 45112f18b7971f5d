namespace PyEmbed.EndToEnd;

/// <summary>Runs a test only where the build has pythonnet; elsewhere it is skipped with the reason that the build gives.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonNetRestoredAttribute : ConditionBaseAttribute
{
    public PythonNetRestoredAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = PackageFeed.PythonNetLeftOut;

    /// <inheritdoc />
    public override string GroupName => "pythonnet";

    /// <inheritdoc />
    public override bool IsConditionMet => PackageFeed.PythonNetVersion.Length > 0;
}
