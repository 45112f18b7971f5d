"""What objects need: the modules and definitions that their code leads to, and which of them travel in a bundle.

It follows definitions, not modules. A node is a module and a part of it: ``''``, what runs when it is imported; the name of a
top-level function or class; PROGRAM, what runs only where it is the program; EVERYTHING. Whatever makes it unsure is taken whole.
"""

import hashlib
import sys
import types
import warnings
from collections import namedtuple

from ._definitions import ASKED, CERTAIN, PROGRAM, REQUIRED, TOLERATED, Definitions, Import
from ._imports import Module
from ._loaders import _namespace_of
from ._module_sources import ALIAS, MISSING, NAMESPACE, NATIVE, SOURCE, SOURCELESS, STANDARD

EVERYTHING = '*'
#: Where everything begins: what the caller has named.
ROOT = '', ''

#: One import that was met: the node that has it, the module, as it names it, the line, how sure it is (see _definitions).
Event = namedtuple('Event', 'node module line level')

_MODULE = type(sys)


class Graph:
    """The nodes that are needed and what leads to what: ``edges`` is {node: {node: whether that is sure}}, ``events`` a list of
    Event. *sources* is a ModuleSources, *requirements* {module: Requirement}, *rules* a _bundle_rules.Rules, *own* the names of the
    top-level modules that objects are of, *other* the Received of the system that it is for, or None.

    Other packages of which the import certainly leads to what cannot travel are not followed: they would not work on the other
    system, or are there already. ``cut`` has them, each with the name of what cannot travel."""

    def __init__(self, sources, requirements, rules, own, other=None):
        self.sources = sources
        self._other = other
        self._refused = {}              # module -> whether what it requires is not met on that system
        self.cut = {}
        self._rules = rules
        self._own = own
        self._blockers = {}             # module -> name of what cannot travel and that its import needs; None
        self.edges = {ROOT: {}}
        self.events = []
        self.computed = []              # (module, line) of imports by names that are computed, and of which none was found
        self.broken = {}                # module -> SyntaxError
        self._requirements = requirements
        self._lenient = {}              # module -> whether its imports may fail here: it is for other systems
        self._definitions = {}
        self._attributes = {}           # (module, name) -> nodes, as attribute() gives them
        #: What may be needed at most, of libraries: {node: {module: None}} of imports that are not followed, see _is_optional().
        self.optional = {}
        self._sure = {ROOT}             # nodes to which a way leads that is sure
        self._queue = []
        self._unsure = []               # nodes that wait until all sure ways have been followed

    def add(self, wanted):
        """Add what an object or a name stands for, and what that leads to. *wanted* is a _bundled_objects.Wanted."""
        module = wanted.module
        self._import(ROOT, module, 0, CERTAIN if wanted.is_direct else REQUIRED)
        found = self.sources.find(module)
        if found.what in (SOURCE, NAMESPACE):
            if wanted.qualname:
                self._use(ROOT, self.attribute(module, wanted.qualname.partition('.')[0]))
            else:
                self._link(ROOT, (module, EVERYTHING))
                self._link(ROOT, (module, PROGRAM))
        if wanted.with_all:
            for name in self.sources.submodules(module):
                self.add(wanted._replace(module=name))

    def definitions(self, module):
        """The Definitions of a module; None where it has no source, or none that can be parsed."""
        if module not in self._definitions:
            found, read = self.sources.find(module), None
            if found.what == SOURCE:
                try:
                    read = Definitions(self.sources.read(found), Module(module, found.kind, found.path), found.path)
                except SyntaxError as error:
                    self.broken[module] = error
                except (ValueError, RecursionError, MemoryError, OverflowError) as error:
                    self.broken[module] = SyntaxError(str(error) or type(error).__name__)
            self._definitions[module] = read
        return self._definitions[module]

    def is_lenient(self, module):
        """Whether a module, or a package that it is in, is for other systems: its source was given, or what it requires is
        not met here."""
        if not module:
            return False
        if module not in self._lenient:
            requirement = self._requirements.get(module)
            self._lenient[module] = self.sources.find(module).is_given or self.is_lenient(module.rpartition('.')[0]) or (
                requirement is not None and not requirement.is_met())
        return self._lenient[module]

    def requires(self, module):
        """The names ``'module:function'`` of what a module requires."""
        requirement = self._requirements.get(module)
        if requirement is None:
            return []
        from ._require import is_reference, name_of
        return [name for name in [name_of(asked) for _, asked in requirement.kinds()] if is_reference(name)]

    def is_refused(self, module):
        """Whether the other system has said that what a module, or a package that it is in, requires is not met there: nothing
        of it is needed then."""
        if self._other is None or not module:
            return False
        if module not in self._refused:
            requirement = self._requirements.get(module)
            self._refused[module] = self.is_refused(module.rpartition('.')[0]) or (
                requirement is not None and self._other.refuses(module, requirement.references(), self._digest))
        return self._refused[module]

    def _digest(self, module):
        found = self.sources.find(module)
        return hashlib.sha256(self.sources.read(found)).hexdigest() if found.what == SOURCE else None

    def is_function(self, node):
        """Whether a node is a function."""
        read = self.definitions(node[0])
        return read is not None and node[1] in read.definitions and node[1] not in read.classes

    # Nodes

    def _link(self, node, target, sure=True):
        known = self.edges.setdefault(target, None)
        if sure and node in self._sure and target not in self._sure:
            self._sure.add(target)
            self._queue.append(target)
        elif known is None:
            self._unsure.append(target)
        if known is None:
            self.edges[target] = {}
        self.edges[node][target] = sure or self.edges[node].get(target, False)

    def follow(self):
        """Follow what was added to its end."""
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')         # what the parser has to say of other people's code
            while self._queue or self._unsure:
                if self._queue:
                    self._expand(self._queue.pop())
                    continue
                node = self._unsure.pop()
                if node not in self._sure:
                    self._expand(node)

    def _expand(self, node):
        module, name = node
        if self.is_refused(module):
            return
        if name:
            self._link(node, (module, ''))
        else:
            parent = module.rpartition('.')[0]
            if parent:
                self._import(node, parent, 0, ASKED)
            if module == 'pyembed':
                for own in self.sources.all_below(module):     # some of its modules are imported by names that are computed
                    self._link(node, (own, ''))
            for reference in self.requires(module):
                required, _, qualname = reference.partition(':')
                if qualname:
                    self._import(node, required, 0, REQUIRED)
                    self._use(node, self.attribute(required, qualname.partition('.')[0]))
        read = self.definitions(module)
        if read is None:
            return
        if name == EVERYTHING:
            for defined in read.definitions:
                self._link(node, (module, defined))
            for bindings in read.bindings.values():
                for binding in bindings:
                    if binding.name is not None:
                        self._use(node, [target for target in self._bound(binding) if target[1] is not None])
        elif name:
            if name == PROGRAM or name in read.definitions:
                self._use_part(node, read, read.parts[name])
        else:
            for woken in read.woken:
                self._link(node, (module, woken), False)
            self._use_part(node, read, read.run)

    def _use_part(self, node, read, part):
        module = node[0]
        for imported in part.imports:
            self._import_names(node, imported)
        for chain in part.references:
            self._use(node, self._resolve(read, part, chain))
        if part.uses_all:
            self._link(node, (module, EVERYTHING), False)
        for line in part.computed:
            self._import_computed(node, read, part, line)
        for name, function, line in part.handed:
            self._import_handed(node, read, part, (name, function, line))

    def _use(self, node, targets, sure=True):
        """A node uses what attribute() gives; a module as a whole is used by whatever takes it."""
        skipped = {module.partition('.')[0] for module in self.optional.get(node, ())}
        for module, name in targets:
            if skipped and module.partition('.')[0] in skipped:
                continue
            if self.sources.find(module).what in (SOURCE, NAMESPACE) and not self._is_cut(node[0], module):
                name = EVERYTHING if name is None else name
                self._link(node, (module, name), sure and name != EVERYTHING)

    # What cannot travel

    def _is_cut(self, importer, module):
        """Whether a module is not followed from another."""
        top = module.partition('.')[0]
        if top in self._own or top == importer.partition('.')[0]:
            return False
        blocker = self.blocker(module)
        if blocker is not None:
            self.cut[module] = blocker
        return blocker is not None

    def _is_optional(self, node, module, level):
        """Whether an import stands in a function of an installed library, is of another package, and the code is prepared to
        miss it, or it is not sure that the function is used at all. Libraries work without, or they would import it with
        themselves; to follow these imports would lead through all that is installed."""
        importer, name = node
        if name in ('', EVERYTHING) or importer.partition('.')[0] == module.partition('.')[0] or not self.sources.find(importer).is_library:
            return False
        return (level <= TOLERATED or node not in self._sure) and self.sources.find(module).what in (SOURCE, NAMESPACE)

    def blocker(self, module):
        """The name of what cannot travel and without which importing a module fails; None."""
        if module not in self._blockers:
            above = {module: None}
            queue = [module]
            for name in queue:
                blocker = self._blockers.get(name) or self._own_blocker(name)
                if blocker is not None:
                    while name is not None:
                        self._blockers[name] = blocker
                        name = above[name]
                    return blocker
                if name not in self._blockers:
                    for inner in self._run_imports(name):
                        if inner not in above:
                            above[inner] = name
                            queue.append(inner)
            self._blockers.update(dict.fromkeys(above))
        return self._blockers[module]

    def _own_blocker(self, name):
        what = self.sources.find(name).what
        return name if what in (NATIVE, SOURCELESS) and self._rules.for_module(name)[0] else None

    def _run_imports(self, module):
        """The modules that must be imported for a module."""
        names = [module.rpartition('.')[0]] if '.' in module else []
        if self.sources.find(module).what == SOURCE and not self.is_lenient(module):
            read = self.definitions(module)
            for imported in read.run.imports if read is not None else ():
                if imported.level >= REQUIRED:
                    base = self._real(imported.module)
                    names.append(base)
                    names.extend(f'{base}.{name}' for name in imported.names or () if name != '*' and self._is_submodule(base, name))
        return [name for name in names if self._rules.for_module(name)[0]]

    # Imports

    def _import(self, node, name, line, level):
        """A node imports a module, and so the packages that this is in."""
        if level == ASKED and self.sources.find(name).what == MISSING:
            return
        if line or level != ASKED:
            level = min(level, TOLERATED) if node != ROOT and self.is_lenient(node[0]) else level
            if self._is_optional(node, name, level):
                self.optional.setdefault(node, {})[name] = None
                return
            self.events.append(Event(node, name, line, level))
            if self._is_cut(node[0], name):
                return
        while name:
            found = self.sources.find(name)
            if found.what == ALIAS:
                self._link(node, (found.name, ''))
            elif found.what != MISSING:
                self._link(node, (name, ''))
            name = name.rpartition('.')[0]

    def _import_names(self, node, imported):
        module, names, line, level = imported
        self._import(node, module, line, level)
        base = self._real(module)
        for name in names or ():
            if name == '*':
                self._use(node, [(base, EVERYTHING)])
                read = self.definitions(base)
                for exported in read.exports if read is not None else ():
                    self._import_name(node, base, exported, line, level)
            elif name == PROGRAM:
                self._use(node, [(base, PROGRAM)])
                if self._has_module(base, '__main__'):
                    self._import(node, f'{base}.__main__', line, level)
                    self._use(node, [(f'{base}.__main__', EVERYTHING), (f'{base}.__main__', PROGRAM)])
            else:
                self._import_name(node, base, name, line, level)

    def _import_name(self, node, base, name, line, level):
        """A node takes a name from a module or package."""
        inner = f'{base}.{name}'
        if self._is_submodule(base, name):
            self._import(node, inner, line, level)
        elif self._may_be_submodule(base, name):
            self._import(node, inner, line, TOLERATED)
        elif self.sources.find(base).what == NAMESPACE:
            self._import(node, inner, line, level)      # which is missing
        elif self._is_nowhere(base, name) and not self._is_cut(node[0], base):
            self._import(node, inner, line, TOLERATED)

    def _is_nowhere(self, package, name):
        """Whether nothing gives a name of a package that changes its path: it may be a module elsewhere, then."""
        found = self.sources.find(package)
        if found.what != SOURCE or found.locations is None or b'__path__' not in self.sources.read(found):
            return False
        read = self.definitions(package)
        if read is None:
            return False
        if self._gives(package, name) or name in read.bindings or name in read.values or read.stars or read.run.uses_all or '__getattr__' in read.definitions:
            return False
        live = sys.modules.get(package)
        return not isinstance(live, _MODULE) or name not in _namespace_of(live)

    def _is_submodule(self, package, name):
        """Whether a name that ``from`` takes from a package is a module in it that nothing else gives."""
        return self._has_module(package, name) and not self._gives(package, name)

    def _may_be_submodule(self, package, name):
        """Whether the name is that of a module in the package, and what else gives it may fail or not have run by then. What the
        package takes from that very module is there once the module is."""
        if not self._has_module(package, name):
            return False
        others = self._gives(package, name)
        return any(module != f'{package}.{name}' for module in others)

    def _has_module(self, package, name):
        found = self.sources.find(package)
        return found.locations is not None and found.what in (SOURCE, NAMESPACE) and self.sources.find(f'{package}.{name}').what != MISSING

    def _gives(self, package, name):
        """The modules that a package takes a name from, but for the module of that name in it as a whole; the package itself
        for a name that it defines."""
        read = self.definitions(package)
        if read is None:
            return []
        taken = [binding.module for binding in read.bindings.get(name, ())
                 if (binding.module if binding.name is None else f'{binding.module}.{binding.name}') != f'{package}.{name}']
        return [package, *taken] if name in read.definitions else taken

    def _import_computed(self, node, read, part, line):
        """An import by a name that is computed: of what strings name in the package, those of the module itself and of the
        modules of the package that it imports, which may have a table; or, where it lists what there is, of all in the package."""
        module = node[0]
        found = self.sources.find(module)
        package = module if found.locations is not None else module.rpartition('.')[0]
        top = module.partition('.')[0]
        below = set(self.sources.submodules(package)) if package else ()
        texts = set(self.sources.strings(module))
        for imported in (*read.run.imports, *part.imports):
            for name in (imported.module, *(f'{imported.module}.{name}' for name in imported.names or ())):
                if name.partition('.')[0] == top:
                    texts.update(self.sources.strings(self._real(name)))
        names = set()
        for text in texts:
            plain = text.lstrip('.')
            if f'{package}.{plain.partition(".")[0]}' in below:
                names.add(f'{package}.{plain}')
            if '.' in plain:
                names.add(plain)
        names = {name for name in names if name != module and self.sources.find(name).what in (SOURCE, NAMESPACE)}
        if part.lists and package:
            names.update(self.sources.all_below(package))
        for name in sorted(names):
            self._import(node, name, line, TOLERATED)
            self._use(node, [(self._real(name), EVERYTHING)])
        if not names:
            self.computed.append((node, line))

    def _import_handed(self, node, read, part, handed):
        """A name that some function gets, which may import it: one of the module's own package, or one for a function that
        imports by computed names. Of a name to resolve (*function* is None) what is a module."""
        name, function, line = handed
        if function is None:
            while '.' in name and self.sources.find(name).what == MISSING:
                name = name.rpartition('.')[0]
        else:
            top = name.partition('.')[0]
            if self.sources.find(top).what not in (SOURCE, NAMESPACE) or self.sources.find(name).what not in (SOURCE, NAMESPACE):
                return
            if top != node[0].partition('.')[0] and not self._imports_computed(read, part, function):
                return
        self._import_names(node, Import(name, ('*',), line, TOLERATED))

    def _imports_computed(self, read, part, function):
        """Whether a function, as one is named in a part of a module, imports by names that are computed."""
        if not function:
            return False
        for module, name in self._resolve(read, part, function):
            called = self.definitions(module)
            if called is not None and name in called.parts and called.parts[name].computed:
                return True
        return False

    # Names

    def _resolve(self, read, part, chain):
        """What a name and the attributes after it lead to, as attribute() gives it."""
        first = chain[0]
        found = [target for binding in part.bindings.get(first, ()) for target in self._bound(binding)]
        module = read.module.name
        if first in read.definitions:
            found.append((module, first))
        found.extend(target for binding in read.bindings.get(first, ()) for target in self._bound(binding))
        if not found and read.stars and first not in read.values:
            for base in read.stars:
                found.extend(self.attribute(self._real(base), first, known_only=True))
        for name in chain[1:]:
            inner = []
            for target in found:
                inner.extend(self.attribute(target[0], name) if target[1] is None else [target])
            found = inner
        return found

    def _bound(self, binding):
        """What an import binds a name to."""
        if binding.name is None:
            return [(self._real(binding.module), None)]
        return self.attribute(self._real(binding.module), binding.name)

    def _real(self, module):
        """The name of a module, of one with two names the first."""
        found = self.sources.find(module)
        return found.name if found.what == ALIAS else module

    def attribute(self, module, name, known_only=False):
        """What a name of a module is: a list of nodes, with None for the name of one that is a module. Of what is in no source
        nothing. What cannot be told is everything in the module, with *known_only* nothing."""
        if module.partition('.')[0] not in self._own and self.blocker(module.partition('.')[0]) is not None:
            return [(module, EVERYTHING)]       # which is not followed
        key = module, name
        if key not in self._attributes:
            self._attributes[key] = []          # in a circle it leads to nothing
            self._attributes[key] = self._find_attribute(module, name)
        found = self._attributes[key]
        if found or known_only or self.sources.find(module).what != SOURCE:
            return found
        if name.startswith('__') and name.endswith('__') and name != '__dict__':
            return [(module, '')]
        return [(module, EVERYTHING)]

    def _find_attribute(self, module, name):
        found = self.sources.find(module)
        if found.what not in (SOURCE, NAMESPACE):
            return []
        read, nodes = self.definitions(module), []
        if read is not None:
            if name in read.definitions:
                nodes.append((module, name))
            nodes.extend(target for binding in read.bindings.get(name, ()) for target in self._bound(binding))
        if found.locations is not None and (not nodes or self._may_be_submodule(module, name)):
            inner = self._real(f'{module}.{name}')
            if self.sources.find(inner).what not in (MISSING, STANDARD):
                nodes.append((inner, None))
        if not nodes and read is not None:
            if name in read.values:
                return [(module, '')]
            for base in read.stars:
                nodes.extend(self.attribute(self._real(base), name, known_only=True))
        return nodes or self._live_attribute(module, name)

    def _live_attribute(self, module, name):
        """What an imported module has under a name that its source does not show."""
        live = sys.modules.get(module)
        value = _namespace_of(live).get(name) if isinstance(live, _MODULE) else None
        if issubclass(type(value), _MODULE):
            inner = _namespace_of(value).get('__name__')
            return [(inner, None)] if isinstance(inner, str) and sys.modules.get(inner) is value else []
        if issubclass(type(value), (types.FunctionType, type)) and isinstance(value.__module__, str) and value.__module__ != module:
            top = value.__qualname__.partition('.')[0]
            if getattr(sys.modules.get(value.__module__), '__dict__', {}).get(top) is not None:
                return [(value.__module__, top), (module, EVERYTHING)]
        return []
