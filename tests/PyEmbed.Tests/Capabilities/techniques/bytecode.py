"""Code objects that no compiler has made."""

import importlib
import io
import os
import sys

from techniques.support import GRANTED, NATIVE_CODE, Missing, module, technique


@technique(NATIVE_CODE)
def make_a_code_object():
    code = (lambda: None).__code__
    return code.replace(co_code=code.co_code)


@technique(NATIVE_CODE)
def make_a_code_object_with_its_type():
    code = (lambda: None).__code__
    kind = type(code)
    if sys.version_info >= (3, 11):
        made = kind(0, 0, 0, 0, 1, 3, code.co_code, (None,), (), (), 'f', 'f', 'f', 1, b'', b'', (), ())
    else:
        made = kind(0, 0, 0, 0, 1, 3, code.co_code, (None,), (), (), 'f', 'f', 1, b'', (), ())
    return made.co_name


@technique(NATIVE_CODE)
def load_bytecode_with_marshal():
    import marshal
    return marshal.loads(marshal.dumps((lambda: 1).__code__)).co_name


@technique(NATIVE_CODE)
def load_bytecode_in_a_container():
    import marshal
    return marshal.loads(marshal.dumps([{1: ((lambda: 1).__code__,)}]))


@technique(NATIVE_CODE)
def load_bytecode_with_marshal_load():
    import marshal
    return marshal.load(io.BytesIO(marshal.dumps((lambda: 1).__code__))).co_name


@technique(NATIVE_CODE)
def load_bytecode_with_importlib():
    import marshal
    from importlib._bootstrap_external import _compile_bytecode
    return _compile_bytecode(marshal.dumps((lambda: 1).__code__), 'x').co_name


@technique(NATIVE_CODE)
def load_bytecode_as_a_frozen_module():
    import _imp
    import marshal
    if sys.version_info < (3, 11):
        raise Missing('data of _imp.get_frozen_object')
    return _imp.get_frozen_object('x', marshal.dumps((lambda: 1).__code__)).co_name


@technique(NATIVE_CODE)
def load_bytecode_from_a_granted_folder():
    import marshal
    from importlib.util import MAGIC_NUMBER
    place = os.path.join(GRANTED, 'bytecode_only.pyc')
    with open(place, 'wb') as file:
        file.write(MAGIC_NUMBER + bytes(12) + marshal.dumps(compile('VALUE = 1', 'x', 'exec')))
    from importlib.machinery import SourcelessFileLoader
    from importlib.util import module_from_spec, spec_from_loader
    loader = SourcelessFileLoader('bytecode_only', place)
    made = module_from_spec(spec_from_loader('bytecode_only', loader))
    loader.exec_module(made)
    return made.VALUE


@technique(NATIVE_CODE)
def load_bytecode_by_pyembed_mount():
    import marshal
    import pyembed
    from importlib.util import MAGIC_NUMBER
    code = MAGIC_NUMBER + b'\1\0\0\0' + bytes(8) + marshal.dumps(compile('VALUE = 2', 'x', 'exec'))
    root = pyembed.mount({'bytecode_mounted.pyc': code})
    try:
        return importlib.import_module('bytecode_mounted').VALUE
    finally:
        pyembed.unmount(root)


@technique(NATIVE_CODE)
def load_bytecode_by_part_of_a_library_s():
    """The right bytes, from another place in them."""
    import marshal
    place = importlib.util.cache_from_source(module('colorsys').__file__)
    try:
        data = io.open_code(place).read()
    except FileNotFoundError:
        raise Missing('bytecode of the standard library')
    return marshal.loads(bytes(data[16:])).co_name


@technique(NATIVE_CODE)
def load_bytecode_by_another_open():
    """io.open_code calls what is called _io.open."""
    import _io
    import marshal
    crafted = bytes(16) + marshal.dumps(compile('VALUE = 1', 'crafted', 'exec'))

    class File:
        def __init__(self, *arguments):
            pass

        def read(self):
            return crafted

        def close(self):
            pass

    before, _io.open = _io.open, File
    try:
        io.open_code(os.path.join(os.path.dirname(os.__file__), '__pycache__', 'colorsys.pyc'))
    except OSError:
        pass
    finally:
        _io.open = before
    return marshal.loads(memoryview(crafted)[16:]).co_filename


@technique(NATIVE_CODE)
def make_a_code_object_while_another_is_replaced():
    made = []

    class Line:
        def __index__(self):
            made.append(make_a_code_object_with_its_type())
            return 1

    (lambda: None).__code__.replace(co_firstlineno=Line())
    return made


@technique(NATIVE_CODE)
def make_a_code_object_by_replace_of_the_future():
    code = (lambda: None).__code__
    if not hasattr(code, '__replace__'):
        raise Missing('code.__replace__')
    return code.__replace__(co_code=code.co_code)


@technique(NATIVE_CODE)
def load_bytecode_by_a_buffer_that_changes():
    """A library's bytes for whoever looks, and others for who comes next."""
    import marshal
    if sys.version_info < (3, 12):
        raise Missing('buffers of Python code')
    try:
        data = io.open_code(importlib.util.cache_from_source(module('colorsys').__file__)).read()
    except FileNotFoundError:
        raise Missing('bytecode of the standard library')
    crafted = marshal.dumps(compile('VALUE = 1', 'crafted', 'exec'))

    class Buffer:
        looks = 0

        def __buffer__(self, flags):
            Buffer.looks -= 1
            return memoryview(data)[16:] if Buffer.looks >= 0 else memoryview(crafted)

    for looks in (1, 0):
        Buffer.looks = looks
        name = marshal.loads(Buffer()).co_filename
        if name == 'crafted':
            return name


@technique(NATIVE_CODE)
def load_bytecode_from_the_midst_of_an_assembly():
    """Some function's code, whose references marshal takes for others."""
    import marshal
    view = sys.modules['pyembed._host'].__loader__._folder.tree.view
    start = bytes(view).index(b'.pyc' + importlib.util.MAGIC_NUMBER + b'\1\0\0\0') + 20
    for offset in range(start + 1, len(view)):
        if view[offset] == 0xE3:        # a code object that may be referred to
            try:
                return marshal.loads(view[offset:]).co_name
            except (EOFError, ValueError, TypeError, AttributeError):
                pass
    raise Missing('a code object that may be referred to')


@technique(NATIVE_CODE)
def load_bytecode_and_what_follows_it_in_an_assembly():
    import marshal
    view = sys.modules['pyembed._host'].__loader__._folder.tree.view
    start = bytes(view).index(b'.pyc' + importlib.util.MAGIC_NUMBER + b'\1\0\0\0') + 20
    return marshal.loads(view[start:]).co_name
