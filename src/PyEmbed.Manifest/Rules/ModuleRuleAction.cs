namespace PyEmbed.Manifest.Rules;

/// <summary>What a rule does, and to which modules.</summary>
internal enum ModuleRuleAction
{
    /// <summary>Takes one module out; what is below it stays as it was.</summary>
    Exclude,

    /// <summary>Takes one module in.</summary>
    Include,

    /// <summary>Takes a module and everything below it out.</summary>
    RecursiveExclude,

    /// <summary>Takes a module and everything below it in.</summary>
    RecursiveInclude,

    /// <summary>Takes every module out, and voids the rules before it.</summary>
    ExcludeAll,

    /// <summary>Takes every module in, and voids the rules before it.</summary>
    IncludeAll,
}
