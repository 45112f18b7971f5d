namespace PyEmbed.EndToEnd;

/// <summary>Runs a test only where the system lets this user make a mount namespace; elsewhere it is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadOnlyDiskPossibleAttribute : ConditionBaseAttribute
{
    private static readonly Lazy<bool> Possible = new(() => Shell.Run("/", ReadOnlyDisk.Command("true")).ExitCode == 0);

    public ReadOnlyDiskPossibleAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "mount namespaces are not permitted here, so no disk can be made read-only";

    /// <inheritdoc />
    public override string GroupName => "read-only disk";

    /// <inheritdoc />
    public override bool IsConditionMet => Possible.Value;
}
