"""Decides which of what objects need travels: rules, what the other system has, and what cannot travel."""

import sys
from collections import namedtuple

from ._bundle_format import BundleError
from ._bundled_objects import Wanted, wanted
from ._definitions import CERTAIN, PROGRAM, REQUIRED
from ._module_sources import BUILTIN, MADE, MISSING, NAMESPACE, NATIVE, SOURCE, SOURCELESS, STANDARD
from ._needs import EVERYTHING, ROOT, Graph

#: What travels: ``modules`` {name: Found}, sorted; ``missing`` and ``left_out`` as in the manifest; ``objects``, the names that
#: the bundle is made for; ``reasons`` {module: (importer, line)}, both empty for what the caller has named.
Needed = namedtuple('Needed', 'modules missing left_out objects reasons')

#: Why what a library may use, and works without, is left out.
OPTIONAL = 'optional'

_CANNOT = {NATIVE: 'is a native extension module', SOURCELESS: 'has no source'}


def needed(objects, rules, requirements, sources, other=None):
    """The Needed of objects as pyembed.bundle.build takes them. *rules* is a _bundle_rules.Rules, *requirements* {module:
    Requirement}, *sources* a ModuleSources, *other* the Received of the system that the bundle is for, or None. Raises BundleError."""
    found = wanted(objects)
    named = {item.module for item in found}
    found += [Wanted(name, '', False, False, f'the source given for {name}') for name in sources.given() if name not in named]
    graph = Graph(sources, requirements, rules, {item.module.partition('.')[0] for item in found}, other)
    for item in found:
        _check_wanted(item, sources)
        graph.add(item)
    graph.follow()
    for item in found:
        if item.is_direct and item.qualname:
            _check_name(item, graph)
    return _Verdict(graph, rules, other, found).needed()


def _check_wanted(item, sources):
    """Raise BundleError for what cannot be bundled at all."""
    found = sources.find(item.module)
    if not item.is_direct or found.what in (SOURCE, NAMESPACE, STANDARD):
        return
    if found.what == MISSING:
        raise BundleError(f'{item.shown}: there is no module {item.module!r} on this system; correct the name, put its folder on '
                          'sys.path, or give the path of its source among the sources')
    why = {NATIVE: f'it is a native extension module, {found.path}', SOURCELESS: f'{found.path} is bytecode', BUILTIN: 'it is built into this Python',
           MADE: 'it was made by code, and of no file'}.get(found.what, f'{item.module} is another name of {found.name}: bundle that')
    raise BundleError(f'{item.shown} has no source that could travel: {why}; bundle what uses it, and see that the other system has it')


def _check_name(item, graph):
    """Raise BundleError where a module certainly has no such function or class."""
    top, _, rest = item.qualname.partition('.')
    read = graph.definitions(item.module)
    if read is None:
        return
    nodes = graph.attribute(item.module, top, known_only=True)
    known = not read.stars and '__getattr__' not in read.definitions and not read.run.uses_all
    if not nodes and known and item.module not in sys.modules or rest and nodes == [(item.module, top)] and (
            rest.partition('.')[0] not in (read.classes.get(top, ()) or [rest.partition('.')[0]])):
        raise BundleError(f'{item.shown}: the module {item.module} ({graph.sources.find(item.module).path}) has no {item.qualname!r}: correct the name')


class _Verdict:

    def __init__(self, graph, rules, other, found):
        self._graph = graph
        self._sources = graph.sources
        self._other = other
        self._wanted = found
        self._rules = rules.expanded({rule: self._dependencies(rule) for rule in rules.dependency_rules})
        self._included = {node: node == ROOT or self._rule_for(node)[0] for node in graph.edges}
        self._clean = self._reached()
        self._needed = self._surely_needed()
        self._certain = self._certainly_run()

    def needed(self):
        modules, left_out = {}, {}
        for node in self._graph.edges:
            module = node[0]
            found = self._sources.find(module)
            if module and found.what in (SOURCE, NAMESPACE):
                if self._graph.is_refused(module):
                    left_out[module] = 'refused on B'
                elif self._included[node]:
                    modules[module] = found
                elif module not in modules:
                    left_out[module] = str(self._rule_for((module, ''))[1] or self._rule_for(node)[1])
        left_out = {name: why for name, why in left_out.items() if name not in modules}
        for node, names in self._graph.optional.items():
            for module in names:
                if node in self._clean and self._included[node] and module not in modules:
                    left_out.setdefault(module, OPTIONAL)
        self._check_objects(modules)
        missing = self._check_imports(modules, left_out)
        for module, error in self._graph.broken.items():
            if module in modules and (module, '') in self._certain and not self._graph.is_lenient(module):
                raise BundleError(f'{self._sources.find(module).path}, line {error.lineno or 0}: {error.msg}: {module} is no Python for CPython '
                                  f'{sys.version.partition(" ")[0]}, and is needed; correct it, or exclude it')
            if module in modules and self._graph.is_lenient(module):
                missing.append((UNREAD, module, error.lineno or 0))
        objects = sorted({f'{item.module}:{item.qualname}' if item.qualname else item.module for item in self._wanted if item.is_direct
                          or item.qualname and self._sources.find(item.module).what == SOURCE})
        return Needed({name: modules[name] for name in sorted(modules)}, sorted(missing), dict(sorted(left_out.items())), objects, self._reasons(modules))

    # Rules

    def _rule_for(self, node):
        module, name = node
        return self._rules.for_object(module, '' if name in (EVERYTHING, PROGRAM) else name)

    def _dependencies(self, rule):
        """What a rule that excludes dependencies is about: what it names and all that this leads to, but for the packages that
        it is in."""
        above = {rule.module[:at] for at, character in enumerate(rule.module) if character == '.'}
        edges = self._graph.edges
        queue = [node for node in edges if node[0] == rule.module and rule.object in ('', node[1])]
        reached = set(queue)
        while queue:
            for target in edges[queue.pop()]:
                own = target[0] == rule.module and rule.object
                if target not in reached and target[0] not in above and not own:
                    reached.add(target)
                    queue.append(target)
        whole = {module for module, name in reached if not name}
        return {(module, '' if name in (EVERYTHING, PROGRAM) else name) for module, name in edges if module in whole} | reached

    # Ways

    def _reached(self):
        """The nodes that are reached through what travels."""
        edges, reached, queue = self._graph.edges, {ROOT}, [ROOT]
        while queue:
            node = queue.pop()
            if self._included[node]:
                for target in edges[node]:
                    if target not in reached:
                        reached.add(target)
                        queue.append(target)
        return reached

    def _surely_needed(self):
        """The nodes that surely run, or are the objects themselves: functions that these functions name, and not what methods
        and libraries may come to use; and what must be imported for them."""
        events = {}
        for event in self._graph.events:
            if event.level >= REQUIRED:
                events.setdefault(event.node, []).append(event.module)
        imported, reached, queue, waiting = {''}, {ROOT}, [ROOT], {}
        while queue:
            node = queue.pop()
            targets = [target for target, sure in self._graph.edges[node].items()
                       if sure and (node == ROOT or self._graph.is_function(node) and self._graph.is_function(target) and self._is_own(target))]
            for module in events.get(node, ()):
                while module and module not in imported:
                    imported.add(module)
                    targets.extend(waiting.pop(module, ()))
                    targets.append((module, ''))
                    module = module.rpartition('.')[0]
            for target in targets:
                if target[0] not in imported and target[0] != node[0]:
                    waiting.setdefault(target[0], []).append(target)
                elif target not in reached and self._included.get(target):
                    reached.add(target)
                    queue.append(target)
        return reached

    def _is_own(self, node):
        """Whether a node is no library's, or of a module that an object is of."""
        return not self._sources.find(node[0]).is_library or any(item.module == node[0] for item in self._wanted)

    def _certainly_run(self):
        """What certainly runs when the objects are imported on the other system."""
        imports = {}
        for event in self._graph.events:
            if event.level == CERTAIN:
                imports.setdefault(event.node, []).append(event.module)
        reached, queue = {ROOT}, [ROOT]
        while queue:
            for module in imports.get(queue.pop(), ()):
                while module:
                    node = module, ''
                    if node in self._included and self._included[node] and node not in reached:
                        reached.add(node)
                        queue.append(node)
                    module = module.rpartition('.')[0]
        return reached

    def _reasons(self, modules):
        reasons = {}
        for event in self._graph.events:
            name = event.module
            while name and name in modules and name not in reasons:
                if self._included[event.node]:
                    reasons[name] = event.node[0], event.line
                name = name.rpartition('.')[0]
        return {name: reasons.get(name, ('', 0)) for name in modules}

    # What cannot travel

    def _check_objects(self, modules):
        for item in self._wanted:
            if item.is_direct and self._graph.is_refused(item.module):
                raise BundleError(f'{item.shown} is to be bundled, and what {item.module} requires is not met on the other system, as its report '
                                  'says: bundle it for a system that can use it')
            if not item.is_direct or self._sources.find(item.module).what not in (SOURCE, NAMESPACE):
                continue
            top = item.qualname.partition('.')[0]
            included, rule = self._rules.for_object(item.module, top)
            if item.module not in modules or top and not included:
                name = f'{item.module}:{top}' if top and item.module in modules else item.module
                raise BundleError(f'{item.shown} is to be bundled, and the rule {str(rule or self._rules.for_module(item.module)[1])!r} excludes it: '
                                  f"remove the rule, or write 'include {name}' after it")

    def _check_imports(self, modules, left_out):
        """Add to what is left out, and give what is missing. Raises BundleError for what cannot travel and must."""
        missing, stuck = {}, {}
        for event in self._graph.events:
            if event.node not in self._clean or not self._included[event.node]:
                continue
            name, what = self._first_bad(event.module)
            if what in (SOURCE, NAMESPACE):
                if name in modules or name not in self._graph.cut:
                    continue
                what = NATIVE
            included, rule = self._rules.for_module(name)
            certain = event.level == CERTAIN and event.node in self._certain
            if what == STANDARD and self._other is not None and name.partition('.')[0] not in self._other.standard:
                if certain:
                    raise BundleError(f'{name} is of the standard library of CPython {_version()} and not of that of {self._other.python}, where '
                                      f'the bundle is to go: {self._place(event)} needs it; exclude that, or import it there only where it is')
                missing.setdefault((name, event.node[0]), event.line)
            elif what in (STANDARD, BUILTIN, MADE):
                left_out.setdefault(name, what)
            elif not included:
                left_out[name] = str(rule)
            elif what in _CANNOT and event.level >= REQUIRED and event.node in self._needed:
                stuck.setdefault(name, (what, event))
            elif what in _CANNOT:
                left_out.setdefault(name, what)
            elif self._may_be_made(name):
                left_out.setdefault(name, MADE)
            elif certain and not self._mentions(name.rpartition('.')[0] or name, b'__path__'):     # which may be elsewhere then
                raise BundleError(f'{name} is needed and not found on this system: {self._place(event)} imports it; install it, or write the '
                                  f"rule 'exclude {name}' where the other system has it")
            else:
                missing.setdefault((name, event.node[0]), event.line)
        if stuck:
            raise self._cannot_travel(stuck)
        for node, line in self._graph.computed:
            if node in self._clean and self._included[node]:
                missing.setdefault((COMPUTED, node[0]), line)
        return sorted((name, importer, line) for (name, importer), line in missing.items())

    def _first_bad(self, name):
        """(name, what) of the first of the packages that a module is in, and of itself, that is not there as source."""
        parts = name.split('.')
        for end in range(1, len(parts) + 1):
            found = self._sources.find('.'.join(parts[:end]))
            if found.what not in (SOURCE, NAMESPACE):
                break
        return '.'.join(parts[:end]), found.what

    def _may_be_made(self, name):
        """Whether a module that is not found is one that the package above it makes, or a finder that it imports, as far as
        their sources tell."""
        above = name.rpartition('.')[0] or name
        return self._mentions(above, b'sys.modules', b'meta_path') or any(
            self._mentions(module, b'meta_path') for module, _ in self._graph.edges.get((above, ''), ()) if module.startswith(above + '.'))

    def _mentions(self, module, *words):
        found = self._sources.find(module)
        return found.what == SOURCE and any(word in self._sources.read(found) for word in words)

    def _cannot_travel(self, stuck):
        tops = {item.module.partition('.')[0] for item in self._wanted}
        rules = dict.fromkeys(f'exclude {name}' if name.partition('.')[0] in tops else f'recursive-exclude {name.partition(".")[0]}' for name in stuck)
        name, (what, event) = next(iter(stuck.items()))
        blocker = self._graph.cut.get(name, name)
        found = self._sources.find(blocker)
        through = f', and {name} needs it' if blocker != name else ''
        more = f'; {len(stuck) - 1} more modules are like it' if len(stuck) > 1 else ''
        written = ', '.join(repr(rule) for rule in rules)
        return BundleError(f'{blocker} {_CANNOT[found.what]} ({found.path}), which cannot travel: {self._place(event)} imports {name}{through}{more}; '
                           f'where the other system has it, write the rule{"s" if len(rules) > 1 else ""} {written}')

    def _place(self, event):
        if event.node == ROOT:
            return next(item.shown for item in self._wanted if item.module == event.module)
        return f'{event.node[0]} ({self._sources.find(event.node[0]).path}, line {event.line})'


#: What stands for the name of a module among what is missing where the name is computed.
COMPUTED = '(computed)'
#: And where the source is for another version of Python, and cannot be read here.
UNREAD = '(not read)'


def _version():
    return '.'.join(map(str, sys.version_info[:3]))
