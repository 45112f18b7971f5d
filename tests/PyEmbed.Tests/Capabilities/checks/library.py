"""The standard library and embedded code without leave."""

import importlib
import os
import sys
import traceback

from checks.support import GRANTED, check, denied


@check('files')
def the_standard_library_imports():
    names = ('argparse array ast asyncio base64 bisect bz2 calendar cmath codecs collections concurrent.futures configparser contextlib copy csv dataclasses datetime decimal '
             'difflib email email.mime.text enum fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob gzip hashlib heapq html http.client http.server '
             'imaplib inspect io itertools json linecache locale logging.config logging.handlers lzma math mimetypes mmap multiprocessing netrc numbers operator os pathlib '
             'pickle pkgutil platform poplib pprint profile queue random re runpy sched secrets select selectors shelve shlex shutil signal smtplib socket socketserver ssl stat '
             'statistics string struct subprocess symtable sysconfig tarfile tempfile textwrap threading time timeit tokenize trace traceback types typing unicodedata unittest '
             'urllib.request uuid warnings wave weakref webbrowser xml.dom.minidom xml.etree.ElementTree xml.sax xmlrpc.client zipapp zipfile zipimport zlib zoneinfo').split()
    for name in names:
        importlib.import_module(name)


@check('files')
def importing_is_what_it_was():
    import json
    assert json.__spec__.origin == json.__file__
    importlib.reload(json)
    import posix
    sys.modules.pop('posix')
    assert importlib.import_module('posix').getpid() == os.getpid()
    sys.modules['posix'] = posix
    denied(importlib.import_module, 'no_such_module', error=ModuleNotFoundError)
    denied(importlib.import_module, 'ctypes', error=ImportError, words='NativeCode')
    denied(importlib.import_module, 'sqlite3', error=ImportError, words='NativeCode')


@check('files')
def embedded_modules_import():
    tree = importlib.import_module('embedded.part')
    assert tree.VALUE == 42
    import inspect
    assert 'VALUE = 42' in inspect.getsource(tree)


@check('files')
def python_can_mount_what_it_has():
    import pyembed
    root = pyembed.mount({'from_memory/__init__.py': 'VALUE = 3\n'})
    assert importlib.import_module('from_memory').VALUE == 3
    pyembed.unmount(root)
    root = pyembed.mount(os.path.join(GRANTED, 'modules'))
    assert importlib.import_module('granted_module').VALUE == 4
    pyembed.unmount(root)


@check('files')
def tracebacks_show_source_lines():
    try:
        importlib.import_module('embedded.part').fail()
    except ValueError:
        text = traceback.format_exc()
    assert "raise ValueError('embedded')" in text, text
    import json
    try:
        json.loads('{')
    except ValueError:
        text = traceback.format_exc()
    assert 'raw_decode' in text and 'return _default_decoder.decode(s)' in text, text


@check('files')
def extraction_says_what_is_missing():
    denied(importlib.import_module, 'asks_for_its_place', error=OSError, words='Write')


@check('files')
def bytecode_of_doubtful_origin_is_compiled_anew():
    assert importlib.import_module('with_bytecode').VALUE == 'source'


@check('files')
def marshal_carries_data():
    import marshal
    data = {'a': [1, 2.5, None, True, ('x', b'y', frozenset([1])), 10 ** 40, {'nested': {}}], 2: 'é'}
    for version in (2, 4):
        assert marshal.loads(marshal.dumps(data, version)) == data
    assert marshal.loads(bytearray(marshal.dumps([1]))) == [1]


@check('files')
def code_does_what_it_did():
    import asyncio
    import dataclasses
    import threading
    import types

    @types.coroutine
    def wait():
        yield

    @dataclasses.dataclass
    class Point:
        x: int

    assert Point(1) == Point(1)
    assert asyncio.run(asyncio.sleep(0, 5)) == 5
    assert (lambda: 1).__code__.replace(co_name='other').co_name == 'other'
    found = []
    thread = threading.Thread(target=lambda: found.append(eval('1 + 1')))
    thread.start()
    thread.join()
    assert found == [2]


@check('files')
def unique_numbers_are_made_without_a_daemon():
    import uuid
    assert uuid.uuid1() != uuid.uuid1() and uuid.uuid4().version == 4
    denied(importlib.import_module, '_uuid', error=ImportError)
