"""Values as bytes, for systems that exchange them: pickles that carry the tracebacks of exceptions as text."""

import copyreg
import io
import pickle
import sys
import types

from ._bundle_format import BundleError

PROTOCOL = 4        # every supported CPython has it


class RemoteTraceback(Exception):
    """The traceback of an exception on the system that has pickled it, as text, which ``str()`` gives; with it go those of
    its causes and contexts. It is the ``__cause__`` of the exception here."""

    __module__ = 'pyembed.bundle'

    def __str__(self):
        return f'\n"""\n{self.args[0]}"""'


def dumps(value):
    """A value as bytes for loads() on another system: a pickle (protocol 4) in which exceptions keep their traceback as text.

    Types and functions travel by their names: the other system has them from a bundle or by itself, whatever version of
    CPython it has. Raises BundleError for a lambda, what is defined in a function, and what is of ``__main__``, which the other
    system could not find by name; for all else what pickle raises."""
    stream = io.BytesIO()
    _Pickler(stream, PROTOCOL).dump(value)
    return stream.getvalue()


def loads(data):
    """The value in what dumps() gave on another system. An exception has what its traceback was there as its ``__cause__``, a
    RemoteTraceback.

    Like every pickle it runs what it says: only for data of a system that may run code here. Raises BundleError for data that are
    cut off or no pickle, and where they name what this system does not have; RequirementError for a type of a module whose
    requirement is not met here."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except (EOFError, ValueError, pickle.UnpicklingError) as error:
        if isinstance(error, ValueError) and error.__traceback__.tb_next is not None:
            raise                   # of a module's code, or of find_class below
        raise BundleError(f'the {len(data)} bytes are no whole pickle: {error}; send again what dumps() gave') from error


class _Pickler(pickle.Pickler):
    def __init__(self, stream, protocol):
        super().__init__(stream, protocol)

    def reducer_override(self, value):
        if isinstance(value, BaseException):
            return _reduce_exception(value)
        if isinstance(value, (types.FunctionType, type)) and ('<' in value.__qualname__ or value.__module__ == '__main__'):
            from ._bundled_objects import wanted
            wanted(value)           # raises: it is found by no name
        return NotImplemented


def _reduce_exception(error):
    """How to pickle an exception, with its traceback where there is any."""
    reduce = copyreg.dispatch_table.get(type(error))
    reduced = reduce(error) if reduce is not None else error.__reduce_ex__(PROTOCOL)
    if reduced.__class__ is str or len(reduced) > 3:
        return reduced
    function, arguments, state = (*reduced, None)[:3]
    if function is type(error) and not _is_built_in(function):
        function, arguments = _make, (function, arguments, error.args)
    text = _traceback_of(error)
    if text is None:
        return function, arguments, state
    return function, arguments, (state, text), None, None, _restore


def _is_built_in(kind):
    """Whether the exceptions of a class are made by CPython's own code, which takes what they have as their args."""
    return not isinstance(kind.__init__, types.FunctionType) and not isinstance(kind.__new__, types.FunctionType)


def _make(kind, arguments, args):
    """An exception as it was made, but for its state. Pickles name this function."""
    try:
        error = kind(*arguments)
    except Exception:       # whatever a class raises that is made of something else than it leaves in args
        base = next(base for base in kind.__mro__ if base.__module__ == 'builtins')
        error = base.__new__(kind, *arguments)
        base.__init__(error, *arguments)
    error.args = args
    return error


def _traceback_of(error):
    """The traceback of an exception with those of its causes and contexts, as text; None where nothing is known of any."""
    cause = error.__cause__
    if error.__traceback__ is None:
        if isinstance(cause, RemoteTraceback):
            return cause.args[0]            # it is only passed on
        if cause is None and error.__context__ is None:
            return None
    from traceback import format_exception
    return ''.join(format_exception(type(error), error, error.__traceback__))


def _restore(error, state):
    """Give an exception that was made anew its state and its traceback. Pickles name this function."""
    own, text = state
    if own is not None:
        error.__setstate__(own)
    error.__cause__ = RemoteTraceback(text)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        try:
            return super().find_class(module, name)
        except ModuleNotFoundError as error:
            if not f'{module}.'.startswith(f'{error.name}.'):
                raise               # the module is there, and imports another that is not
            public = module.partition('._')[0]
            if public != module and _is_standard(public):
                try:
                    return super().find_class(public, name)     # CPython 3.13 has classes of pathlib in pathlib._local
                except AttributeError:
                    pass
            raise BundleError(f'the value names {module}:{name}, and this system has no module {error.name}: mount the bundle that brings it') from error
        except AttributeError as error:
            if module not in sys.modules or _has(sys.modules[module], name):
                raise
            raise BundleError(f'the value names {module}:{name}, which the module {module} of this system does not have: mount the bundle '
                              'that it came with') from error


def _is_standard(name):
    from ._standard_library import standard_library
    return name.partition('.')[0] in standard_library()


def _has(found, name):
    for part in name.split('.'):
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True
