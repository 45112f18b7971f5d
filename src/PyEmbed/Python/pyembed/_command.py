"""What the ``pyembed`` command asks of Python: to follow imports, to make and take apart stitched files, and to make bundles. It gives
and gets plain values, for .NET to convert."""

import warnings

from ._imports import NAMESPACE, Module, follow
from ._standard_library import standard_library

IN_TREE, STANDARD_LIBRARY, THIRD_PARTY, MISSING = 'tree', 'standard-library', 'third-party', 'missing'


def describe_imports(trees):
    """A JSON text of what the modules of trees import.

    *trees* has a list for each tree, in mount order, of (name, kind, path, source) for each module: what _imports.Module has,
    and the bytes of its source or None. The text is an object::

        modules    [{name, kind, tree, source}]: tree is the number of the one that the module is imported from
        imports    [{importer, imported, kind, line, place}]: place is one of this module's constants; MISSING is what should be in
                   a package of the trees and is not
        cycles     [{modules, path}]
        problems   [{path, line, message}]
    """
    import json
    chosen = _merge(trees)
    modules = {name: Module(*item[:3]) for name, (_, item) in chosen.items()}
    graph = follow(modules, lambda module: chosen[module.name][1][3])
    library = set(standard_library())

    def place(name):
        top = name.partition('.')[0]
        return IN_TREE if name in modules else MISSING if top in modules else STANDARD_LIBRARY if top in library else THIRD_PARTY

    edges = sorted([*graph.edges, *graph.outside], key=lambda edge: (edge.importer, edge.line, edge.imported))
    return json.dumps({
        'modules': [{'name': name, 'kind': module.kind, 'tree': chosen[name][0], 'source': module.has_source}
                    for name, module in modules.items()],
        'imports': [{**edge._asdict(), 'place': place(edge.imported)} for edge in edges],
        'cycles': [{'modules': names, 'path': way} for names, way in graph.cycles()],
        'problems': [problem._asdict() for problem in graph.problems],
    })


def _merge(trees):
    """{name: (number of the tree, item)} of the modules that are imported where several trees have them, sorted by name: the
    first that is no namespace package, and below a package only what is in its own tree."""
    found = {}
    for number, items in enumerate(trees):
        for item in items:
            found.setdefault(item[0], []).append((number, item))
    chosen = {}
    for name in sorted(found):
        candidates = found[name]
        if '.' in name:
            number, parent = chosen.get(name.rpartition('.')[0], (None, None))
            candidates = [entry for entry in candidates if parent and (parent[1] == NAMESPACE or number == entry[0])]
        if candidates:
            chosen[name] = next((entry for entry in candidates if entry[1][1] != NAMESPACE), candidates[0])
    return chosen


def stitch(source, package, version, leave_out_extensions):
    """(name of the package, its origin, the stitched file's bytes, warnings) for a folder's path, or a list of (origin, archive) of
    the trees to look for the package in; the rest is as for pyembed.stitch.build."""
    from ._importer import open_tree
    from ._stitch_sources import find_package, package_of
    from .stitch import build_package
    if isinstance(source, str):
        found = find_package(source, package)
    else:
        found = package_of([open_tree(memoryview(archive), origin) for origin, archive in source], package)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        text = build_package(found, version, leave_out_extensions)
    return found.name, found.origin, text.encode(), [str(warning.message) for warning in caught]


def unpack(path):
    """(an archive of the files that a stitched file holds, warnings)."""
    from ._archive import write_archive
    from .stitch import unpack
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        files = unpack(path)
    return write_archive(files, 'stitched'), [str(warning.message) for warning in caught]


def bundle(source, names, rule_files, rules, sources, data, system, modules, report):
    """(the bytes of a bundle of *names*, its modules, for each the module that needs it, '' for what was named, and the line), as
    pyembed.bundle.build_bundle has them. *source* is the path of a folder or a zip to import from, or None where what is mounted has
    it; the site-packages of this CPython come after it. *rule_files* is a list of (path, text), *rules* of str, the rest but *report* of pairs: module and path, identifier and
    bytes, module and ``'module:function'``. *report* is (path, JSON text) or None."""
    import contextlib
    import os
    import site
    import sys
    import pyembed
    from ._bundle_format import BundleError
    from ._received import from_json
    from .bundle import build_bundle
    if source is not None and os.path.isdir(source):
        if os.path.isfile(os.path.join(source, '__init__.py')):
            source = os.path.dirname(source)
        sys.path.insert(0, source)
    elif source is not None:
        try:
            pyembed.mount(source, os.path.abspath(source))      # where it lies, not in a cache: bundles tell places
        except (OSError, ValueError) as error:
            raise BundleError(f'{source}: no modules can be taken from it: {error}') from error
    if sys.prefix == sys.base_prefix:       # a virtual environment's are there
        sys.path += [folder for folder in site.getsitepackages() if folder not in sys.path]
    known = None
    if report is not None:
        try:
            known = from_json(report[1])
        except ValueError as error:
            raise BundleError(f'{report[0]}: this is no JSON ({error}): name a file that has what python3 -m pyembed report has printed') from error
    for name, content in data:
        pyembed.register_data(name, content)
    for kind, pairs in (('system', system), ('modules', modules)):
        for module, function in pairs:
            try:
                pyembed.require(module, **{kind: function})
            except ValueError as error:
                raise BundleError(f'--require-{kind} {module}={function}: {error}') from error
    with contextlib.redirect_stdout(sys.stderr):        # what requirements print when they are asked is not the bundle
        content, reasons = build_bundle(names, _rules(rule_files, rules), dict(sources), known)
    return content, list(reasons), [importer for importer, _ in reasons.values()], [line for _, line in reasons.values()]


def _rules(files, given):
    """The rules of files, then the others, as a list of str."""
    from ._bundle_format import BundleError
    from ._bundle_rules import Rules, rule_texts
    result = []
    for place, rules in (*files, ('--rule', given)):
        try:
            Rules(rules)
        except BundleError as error:
            raise BundleError(f'{place}: {error}') from None
        result += [text for _, text in rule_texts(rules)]
    return result
