namespace PyEmbed.Manifest.Rules;

/// <summary>
/// Rules in their order. Of all rules that match a module the last one decides, whatever it names; a rule about all modules
/// matches each. A module that none matches is included.
/// </summary>
/// <remarks>A question costs one look-up for each part of a name, however many rules there are.</remarks>
internal sealed class ModuleRules
{
    private readonly ModuleRule[] _rules;
    private readonly int _first;

    // By module, the place of the last rule about it alone, and of the last one about all below it too.
    private readonly Dictionary<string, int> _plain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _recursive = new(StringComparer.Ordinal);

    /// <summary>Takes the rules in their order.</summary>
    public ModuleRules(IEnumerable<ModuleRule> rules)
    {
        _rules = rules.ToArray();
        _first = Array.FindLastIndex(_rules, rule => rule.IsForAll);
        for (int i = _first + 1; i < _rules.Length; i++)
        {
            (_rules[i].IsRecursive ? _recursive : _plain)[_rules[i].Module] = i;
        }
    }

    /// <summary>Whether no rule has a say.</summary>
    public bool IsEmpty => _rules.Length == 0;

    /// <summary>The rules that a later one about all modules does not void, in their order.</summary>
    public IEnumerable<ModuleRule> InForce => _rules.Skip(Math.Max(_first, 0));

    /// <summary>The rule that decides about a module.</summary>
    /// <param name="module">Its dotted name.</param>
    /// <returns>The rule, or null where none matches: the module is included then.</returns>
    public ModuleRule? Deciding(string module) => Deciding(module, module);

    /// <summary>
    /// The rule that decides about something that belongs to a package and to folders below it which hold no module: the last that
    /// matches the package or one of them.
    /// </summary>
    /// <param name="name">The dotted name of the innermost folder.</param>
    /// <param name="package">The dotted name of the package: <paramref name="name"/> itself or what it begins with.</param>
    /// <returns>The rule, or null where none matches.</returns>
    public ModuleRule? Deciding(string name, string package)
    {
        int last = _first;
        for (string part = name; part.Length > 0; part = part.Substring(0, Math.Max(0, part.LastIndexOf('.'))))
        {
            if (_recursive.TryGetValue(part, out int recursive) && recursive > last)
            {
                last = recursive;
            }

            if (part.Length >= package.Length && _plain.TryGetValue(part, out int plain) && plain > last)
            {
                last = plain;
            }
        }

        return last < 0 ? null : _rules[last];
    }
}
