"""What a bundle is made for: objects and names, as modules and the definitions in them."""

import io
import pickle
import pickletools
import re
import sys
import types
from collections import namedtuple

from ._bundle_format import BundleError

#: What a bundle is made for: a module, the qualified name in it ('' for the module itself), whether all modules below it
#: are meant, too, whether the caller named it (else the pickle of an object did), and what to call it in errors.
Wanted = namedtuple('Wanted', 'module qualname with_all is_direct shown')

#: Names that import_module() takes, of which a statement does not take all.
_MODULE = re.compile(r'[\w-]+(?:\.[\w-]+)*')
_FUNCTIONS = types.FunctionType, type
_C_FUNCTIONS = types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType


def wanted(objects):
    """The Wanted of an object, or of a list, tuple or set of them. Raises BundleError."""
    several = objects if isinstance(objects, (list, tuple, set, frozenset)) and not hasattr(objects, '_fields') else [objects]
    found = []
    for item in several:
        found.extend(_of(item))
    return list(dict.fromkeys(found))


def _of(item):
    if isinstance(item, str):
        return [_of_name(item)]
    if isinstance(item, types.ModuleType):
        return [_of_module(item)]
    if isinstance(item, _FUNCTIONS):
        return [_by_reference(item)]
    if isinstance(item, types.MethodType) and isinstance(item.__self__, type):
        return [_by_reference(item.__self__)]
    if isinstance(item, _C_FUNCTIONS):
        raise BundleError(f'{item!r} has no source: it is written in C; bundle what calls it, and see that the other system has it')
    if _is_found_by_name(item):
        return [_by_reference(item)]
    return _by_pickle(item)


def _of_name(name):
    module, colon, qualname = name.partition(':')
    with_all = module.endswith('.*') and not colon
    module = module[:-2] if with_all else module
    if not _MODULE.fullmatch(module) or colon and not all(map(str.isidentifier, qualname.split('.'))):
        raise BundleError(f"{name!r} names no module and nothing in one: write 'package.module', 'package.module:Class.method', or "
                          "'package.*' for a package with all that is below it")
    if module == '__main__':
        raise _of_program(name)
    return Wanted(module, qualname, with_all, True, name)


def _of_module(module):
    name = vars(module).get('__name__')
    if name == '__main__':
        raise _of_program('the module __main__')
    if not isinstance(name, str) or sys.modules.get(name) is not module:
        raise BundleError(f'{module!r} is not what importing {name!r} gives: the other system could not import it; bundle a module '
                          'that can be imported by its name')
    return Wanted(name, '', False, True, name)


def _by_reference(item):
    """A function or class, which the other system finds by its name."""
    module, qualname = getattr(item, '__module__', None), getattr(item, '__qualname__', None)
    shown = f'{module}:{qualname}'
    if not isinstance(module, str) or not isinstance(qualname, str):
        raise BundleError(f'{item!r} does not say which module it is of: bundle the module by its name')
    if module == 'builtins':
        raise BundleError(f'{shown} has no source: it is built into this Python, and into every other; bundle what uses it')
    if module == '__main__':
        raise _of_program(shown)
    if '<lambda>' in qualname:
        raise BundleError(f'{shown}{_line_of(item)} is a lambda, which has no name that the other system could find it by: define a '
                          'function at the top level of its module')
    if '<locals>' in qualname:
        raise BundleError(f'{shown}{_line_of(item)} is defined in a function, and the other system cannot find it there by its name: define it '
                          'at the top level of its module')
    if not _is_found_by_name(item):
        if module not in sys.modules:
            raise BundleError(f'{shown} is of a module that importing {module!r} does not give: import the module by that name first')
        raise BundleError(f'{shown} is not what its module has under that name: it was replaced, or the module loaded anew; get '
                          'the object from the module once more')
    return Wanted(module, qualname, False, True, shown)


def _is_found_by_name(item):
    module, qualname = getattr(item, '__module__', None), getattr(item, '__qualname__', None)
    if not isinstance(module, str) or not isinstance(qualname, str) or module not in sys.modules:
        return False
    found = sys.modules[module]
    for part in qualname.split('.'):
        found = getattr(found, part, None)
    return found is item


def _line_of(item):
    code = getattr(item, '__code__', None)
    return f' ({code.co_filename}, line {code.co_firstlineno})' if code is not None else ''


def _of_program(shown):
    return BundleError(f'{shown} is of the program itself, __main__, and the other system has another program of that name: move what is to '
                       'travel to a module, and import it')


def _by_pickle(item):
    """The type of an object, and all that its pickle names."""
    kind = type(item)
    shown = f'an object of type {kind.__module__}:{kind.__qualname__}'
    try:
        # Protocol 3 gives each name by one instruction; the names are those of the others.
        text = pickle.dumps(item, 3)
    except Exception as error:      # whatever the object's own code raises
        raise BundleError(f'{shown} cannot be pickled: {type(error).__name__}: {error}; bundle its class, or give the class a '
                          '__reduce__ or __getstate__') from error
    found = [] if kind.__module__ == 'builtins' else [(kind.__module__, kind.__qualname__)]
    for instruction, argument, _ in pickletools.genops(io.BytesIO(text)):
        if instruction.name == 'GLOBAL':
            found.append(tuple(argument.split(' ', 1)))
    for module, qualname in found:
        if module == '__main__':
            raise _of_program(f'{module}:{qualname}, which the pickle of {shown} names,')
    return [Wanted(module, qualname, False, False, shown) for module, qualname in found if module != 'builtins']
