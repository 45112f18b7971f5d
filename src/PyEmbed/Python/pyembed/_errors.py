"""Says of a module that was not found where it was looked for and who asked, where the host's order of resolution applies."""

import sys
import _frozen_importlib as _bootstrap

from ._searched import is_import_system, tried


def install():
    """Let importlib complete the error for a module that is not found, once. The traceback stays as it is without."""
    find_and_load = _bootstrap._find_and_load
    if getattr(find_and_load, '__module__', None) == __name__:
        return

    def _find_and_load(name, import_):
        try:
            return find_and_load(name, import_)
        except ModuleNotFoundError as error:
            explain(error, name, sys._getframe())
            raise

    # CPython knows importlib's frames by the file's name, and leaves them out of tracebacks.
    _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
    _find_and_load.__wrapped__ = find_and_load
    _bootstrap._find_and_load = _find_and_load


def uninstall():
    """Undo install()."""
    _bootstrap._find_and_load = _bootstrap._find_and_load.__wrapped__


def explain(error, name, frame):
    """Complete the error of an import of *name* that has failed, where importlib itself says that there is no such module.
    *frame* is the function that stands for importlib's own."""
    if error.name == name and name not in sys.modules and not hasattr(error, 'origins') and _is_importlibs(error):
        complete(error, name, frame)


def _is_importlibs(error):
    """Whether importlib itself has raised an error, and no module that it runs."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_globals is vars(_bootstrap)


def complete(error, name, frame):
    """Add the origins that were tried and who asked, that is the nearest frame from *frame* on that is not importlib's."""
    error.origins = tuple(tried(name))
    while frame is not None and is_import_system(frame):
        frame = frame.f_back
    error.asked_by = site(frame)
    looked = f'; looked in: {", ".join(error.origins)}' if error.origins else ''
    error.msg = f'{error.msg}{looked}; asked for by {describe(frame)}'
    error.args = error.msg,


def site(frame):
    """Who runs a frame: (module, file, line, function); None, which is the host, where there is none."""
    if frame is None:
        return None
    return str(frame.f_globals.get('__name__', '?')), frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


def describe(frame):
    """Who runs a frame: module, file, line and, from CPython 3.11 on, column; the host where there is none."""
    if frame is None:
        return 'the host program'
    module, file, line, _ = site(frame)
    text = f'{module} ({file}, line {line}'
    if sys.version_info >= (3, 11):
        from itertools import islice
        column = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)[2]
        if column is not None:
            text += f', column {column + 1}'
    return text + ')'
