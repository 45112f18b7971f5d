namespace PyEmbed.EndToEnd;

/// <summary>Leaves a test that takes minutes to the runs that <c>build/test.sh --all</c> makes; elsewhere it is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExtendedRunAttribute : ConditionBaseAttribute
{
    public ExtendedRunAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "takes minutes; set PYEMBED_TEST_ALL=1 to run it";

    /// <inheritdoc />
    public override string GroupName => "extended";

    /// <inheritdoc />
    public override bool IsConditionMet => Environment.GetEnvironmentVariable("PYEMBED_TEST_ALL") == "1";
}
