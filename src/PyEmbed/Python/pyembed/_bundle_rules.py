"""The rules of a bundle: which of what its objects need travels.

Of all rules that match something the last one decides, whatever it names; a rule about all voids the rules before it.
docs/bundles.md has them for people. The build's reader of rules is PyEmbed.Manifest.Rules; tests/module-rules.json tests both.
"""

from collections import namedtuple
from collections.abc import Iterable

from ._bundle_format import BundleError

RECURSIVE_EXCLUDE, RECURSIVE_INCLUDE = 'recursive-exclude', 'recursive-include'
EXCLUDE, INCLUDE = 'exclude', 'include'
EXCLUDE_DEPENDENCIES = 'exclude-dependencies'
EXCLUDE_ALL, INCLUDE_ALL = 'exclude-all', 'include-all'

_ACTIONS = RECURSIVE_EXCLUDE, RECURSIVE_INCLUDE, EXCLUDE, INCLUDE, EXCLUDE_DEPENDENCIES, EXCLUDE_ALL, INCLUDE_ALL
_INCLUDING = INCLUDE, RECURSIVE_INCLUDE, INCLUDE_ALL
_RECURSIVE = RECURSIVE_EXCLUDE, RECURSIVE_INCLUDE
_FOR_ALL = EXCLUDE_ALL, INCLUDE_ALL
_SHOWN = 100


class Rule(namedtuple('Rule', 'action module object')):
    """One rule: its action, the dotted name of a module, and the name of a top-level function or class of that module, ``''``
    where the rule is about the module; ``''`` for both where it is about all modules."""

    __slots__ = ()

    @property
    def includes(self):
        """Whether what the rule matches travels if it is needed."""
        return self.action in _INCLUDING

    def __str__(self):
        """The rule as it is written."""
        return ' '.join(filter(None, (self.action, f'{self.module}:{self.object}' if self.object else self.module)))


class Rules:
    """Rules in their order: an iterable of str with one rule each, ``'recursive-exclude a.b'``, or one str with a rule a
    line, where blank lines count for nothing and ``#`` begins a comment. A rule is about a module, or, ``'exclude a.b:f'``,
    about a function or class at the top level of one.

    A question costs one look-up for each part of a name, however many rules there are. Raises BundleError for what is no rule.
    """

    def __init__(self, rules=()):
        self._rules = tuple(_parse(place, text) for place, text in rule_texts(rules))
        self._index({})

    def _index(self, dependencies):
        self._first = max((i for i, rule in enumerate(self._rules) if rule.action in _FOR_ALL), default=-1)
        # The place of the last rule about a module alone, about all below it too, and about an object, '' for what runs
        # at the module's import.
        self._plain, self._recursive, self._objects = {}, {}, {}
        for i, rule in enumerate(self._rules[self._first + 1:], self._first + 1):
            if rule.object:
                self._objects[rule.module, rule.object] = i
            else:
                (self._recursive if rule.action in _RECURSIVE else self._plain)[rule.module] = i
            if rule.action == EXCLUDE_DEPENDENCIES:
                for node in dependencies.get(rule, ()):
                    self._objects[node] = i

    @property
    def dependency_rules(self):
        """The rules that exclude dependencies and that no later one about all voids, in their order, each once."""
        return tuple(dict.fromkeys(rule for rule in self._rules[self._first + 1:] if rule.action == EXCLUDE_DEPENDENCIES))

    def expanded(self, dependencies):
        """The same rules, of which those that exclude dependencies match these too: {rule of dependency_rules: (module,
        name of a top-level function or class, or '' for what runs at the module's import) of each}. Without, such a rule
        matches what it names alone."""
        result = Rules()
        result._rules = self._rules
        result._index(dependencies)
        return result

    def for_module(self, name):
        """(whether the module travels if it is needed, the rule that decides, or None where none matches): what runs when the
        module is imported."""
        return self.for_object(name, '')

    def for_object(self, module, qualname):
        """As for_module, of a function or class by its qualified name, which goes by the name at the module's top level that
        it begins with. Rules match it by that name or by its module."""
        last = max(self._first, self._plain.get(module, -1), self._objects.get((module, qualname.partition('.')[0]), -1))
        part = module
        while part:
            last = max(last, self._recursive.get(part, -1))
            part = part.rpartition('.')[0]
        if last < 0:
            return True, None
        rule = self._rules[last]
        return rule.includes, rule


def rule_texts(rules):
    """(where it stands, text) of each rule."""
    if isinstance(rules, str):
        for number, line in enumerate(rules.splitlines(), 1):
            text = line.partition('#')[0].strip()
            if text:
                yield f'line {number}', text
        return
    if not isinstance(rules, Iterable) or isinstance(rules, (bytes, bytearray)):
        raise TypeError(f'rules must be an iterable of str, or str with a rule a line, not {type(rules).__name__!r}')
    for number, text in enumerate(rules, 1):
        if not isinstance(text, str):
            raise BundleError(f"rule {number} is a {type(text).__name__} and no str, such as 'exclude package.module'")
        yield f'rule {number}', text


def _parse(place, text):
    words = text.split()
    action, names = words[0].lower() if words else '', words[1:]
    problem = _problem(action, words[:1], names)
    if problem:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + '…'
        raise BundleError(f'{place}, {shown!r}, {problem}')
    module, _, object_name = names[0].partition(':') if names else ('', '', '')
    return Rule(action, module, object_name)


def _problem(action, written, names):
    """Why action and names make no rule; None where they do."""
    if action not in _ACTIONS:
        has = f'has the action {written[0][:_SHOWN]!r}' if written else 'has no action'
        return f"{has}; there are {', '.join(_ACTIONS)}"
    if action in _FOR_ALL:
        return f'is about all modules and not about one; write {action!r} alone' if names else None
    if len(names) != 1 or names[0] == '.':
        return f"is about one module; name it, such as '{action} package.module'"
    module, colon, name = names[0].partition(':')
    if not all(part.isidentifier() for part in module.split('.')):
        return "has no module's name; one is of the form 'package.module'"
    if not colon:
        return None
    if action in _RECURSIVE:
        return f"names an object, below which no module is; write '{action.partition('-')[2]} {names[0]}'"
    if '.' in name and all(part.isidentifier() for part in name.split('.')):
        return f"names what is in an object, which travels whole; write '{action} {module}:{name.partition('.')[0]}'"
    return None if name.isidentifier() else "has no object's name; one is of the form 'package.module:function'"
