"""Runs techniques one after the other in one process, each in the state that the others found."""

import builtins
import json
import os
import sys

from ._policies import ONLY_BY_DENY
from ._registry import TECHNIQUES

_STANDARD = 'webbrowser'    # a powerful module that nothing imports by itself


def _script(index, name, target):
    """The text of a technique for modules of a name, and a target in the place of NAME."""
    script = TECHNIQUES[index][1]
    for word, text in (('CHILDTAIL', name), ('PORTIONTAIL', name), ('CHILD', f'holder.{name}'), ('PORTION', f'space.{name}'), ('DISK', f'd{name}'),
                       ('ZIPPED', f'z{name}'), ('SERIAL', str(1 + 2 * (index % 100) + (name[0] == 'v')))):
        script = script.replace(word, text)
    return script.replace('TAIL', target.rpartition('.')[2]).replace('NAME', target)


def _run(index, kind, folder, target=None):
    """What comes of a technique: (what it gained or which module ran, the ImportError of a rule, any other error)."""
    title, source, late, names = TECHNIQUES[index]
    name = f'{kind}{index:03}'
    target = target or (name if names is None else names['va'.index(kind)])
    space = {'__name__': 'script', '__builtins__': builtins, 'FOLDER': folder, 'ARCHIVE': os.path.join(folder, 'archive.zip')}
    if title.startswith('relative import'):
        import holder
        space['__package__'] = 'holder'
    state = [(value, value.copy()) for value in (sys.path, sys.meta_path, sys.path_hooks, sys.path_importer_cache, sys.modules)]
    hooks = sys.unraisablehook, sys.breakpointhook
    errors, rule = [], None
    try:
        exec(compile(_script(index, name, target), f'<{title}>', 'exec'), space)
    except BaseException as error:
        cause = error
        while cause is not None and not hasattr(cause, 'rule'):
            cause = cause.__cause__ or cause.__context__
        rule = cause and (cause.name, cause.rule)
        errors = [None if cause is None else str(cause), f'{type(error).__name__}: {error}' if cause is None and not late else None]
    finally:
        loaded = target in sys.modules and target not in state[-1][1]
        for value, was in state:
            if isinstance(value, list):
                value[:] = was
            else:
                value.clear()
                value.update(was)
        sys.unraisablehook, sys.breakpointhook = hooks
    got = space.get('got')
    gained = (got is not None and got is not False and got != []) or (loaded if target == _STANDARD else name in builtins.RAN)
    return {'title': title, 'kind': kind, 'disk': any([word in source for word in ('DISK', 'ZIPPED', 'zipfile')]), 'late': late, 'only_by_deny': bool(names) and names[0] in ONLY_BY_DENY,
            'gained': bool(gained), 'rule': errors and errors[0], 'error': errors and errors[1], 'by': rule}


def main(folder, standard=False):
    """Print what comes of each technique for the denied and for the allowed name; with *standard*, of each that needs nothing
    but a name, for a powerful module of the standard library."""
    builtins.RAN = []
    out, sys.stdout, err, sys.stderr = sys.stdout, open(os.devnull, 'w'), sys.stderr, open(os.devnull, 'w')
    results = []
    try:
        for index, (_, source, _, names) in enumerate(TECHNIQUES):
            if standard:
                if 'NAME' in source and names is None:
                    results.append(_run(index, 'v', folder, _STANDARD))
                continue
            results.append(_run(index, 'v', folder))
            if names is None or names[1] is not None:
                results.append(_run(index, 'a', folder))
    finally:
        sys.stdout, sys.stderr = out, err
    print(json.dumps(results))
    sys.stdout.flush()
