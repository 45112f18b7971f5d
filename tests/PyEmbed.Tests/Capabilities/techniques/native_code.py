"""Modules in C that are native code, or lead to it, and interpreters of one's own."""

import importlib
import os
import sys

from techniques.support import GRANTED, NATIVE_MODULE, WRITE, Missing, module, new_place, technique


@technique(NATIVE_MODULE)
def load_ctypes():
    ctypes = module('ctypes')
    return ctypes.CDLL(None).getpid()


@technique(NATIVE_MODULE)
def load_ctypes_from_its_file():
    import _imp
    from importlib.machinery import ModuleSpec, EXTENSION_SUFFIXES
    for folder in reversed(sys.path):
        place = os.path.join(folder, '_ctypes' + EXTENSION_SUFFIXES[0])
        if os.path.exists(place):
            return _imp.create_dynamic(ModuleSpec('_ctypes', None, origin=place)).__name__
    raise Missing('_ctypes')


@technique(NATIVE_MODULE)
def load_an_extension_from_a_granted_folder():
    import _imp
    import shutil
    from importlib.machinery import ModuleSpec, EXTENSION_SUFFIXES
    for folder in sys.path:
        source = os.path.join(folder, '_json' + EXTENSION_SUFFIXES[0])
        if os.path.exists(source):
            place = os.path.join(GRANTED, '_json' + EXTENSION_SUFFIXES[0])
            shutil.copyfile(source, place)
            return _imp.create_dynamic(ModuleSpec('_json', None, origin=place)).__name__
    raise Missing('_json')


@technique(NATIVE_MODULE)
def load_a_test_module():
    return module('_testcapi').__name__


@technique(WRITE)
def load_a_builtin_module_by_a_name_that_changes():
    import _imp

    class Spec:
        origin = 'built-in'
        names = ['errno', 'faulthandler'] * 5

        @property
        def name(self):
            return self.names.pop()

    made = _imp.create_builtin(Spec())
    dump = getattr(made, 'dump_traceback', None) or getattr(_imp.create_builtin(Spec()), 'dump_traceback')
    dump(os.open(new_place(), os.O_WRONLY | os.O_CREAT))
    return 'written'


@technique(NATIVE_MODULE)
def make_an_interpreter():
    for name in '_interpreters', '_xxsubinterpreters':
        try:
            interpreters = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        number = interpreters.create()
        interpreters.destroy(number)
        return 'made'
    raise Missing('_interpreters')


@technique(NATIVE_MODULE)
def call_an_address_with_sqlite():
    """SQL tells where a tokenizer's functions lie, and gives others by a number."""
    sqlite3 = module('sqlite3')
    connection = sqlite3.connect(':memory:')
    try:
        address, = connection.execute("select fts3_tokenizer('simple')").fetchone()
        connection.execute('select fts3_tokenizer(?, ?)', ('escape', address))
        connection.execute('create virtual table texts using fts3(tokenize=escape)')
    except sqlite3.OperationalError as error:
        raise Missing(str(error))
    return hex(int.from_bytes(address, sys.byteorder))
