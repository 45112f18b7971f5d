"""Extension modules and the shared libraries that they need, built here with the system's compiler."""

import importlib
import importlib.machinery
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest

from support import CACHE, PACKAGE, TreeCase, _importer, archive, pyembed
from pyembed import _libraries

SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]
COMPILER = shutil.which('cc') or shutil.which('gcc')
HEADER = os.path.join(sysconfig.get_paths()['include'], 'Python.h')
needs_compiler = unittest.skipUnless(COMPILER and os.path.isfile(HEADER) and sys.platform.startswith('linux'),
                                     'no C compiler, or no headers of this Python')

MODULE = r'''
#define _GNU_SOURCE
#include <Python.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#ifdef CALLS
int CALLS(void);
#endif

/* The first line of a file that lies at a path relative to this library's own folder. */
static PyObject *line(PyObject *self, PyObject *args) {
    const char *name; char path[4096], text[100] = ""; Dl_info info; FILE *file;
    if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
    dladdr((void *)line, &info);
    snprintf(path, sizeof path, "%s", info.dli_fname);
    *strrchr(path, '/') = 0;
    strcat(path, "/"); strcat(path, name);
    if (!(file = fopen(path, "r"))) return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    fgets(text, sizeof text, file); fclose(file);
    return PyUnicode_FromString(text);
}
static PyMethodDef methods[] = {{"line", line, METH_VARARGS, NULL}, {NULL}};
static int fill(PyObject *module) {
    PyModule_AddStringConstant(module, "KIND", KIND);
#ifdef CALLS
    PyModule_AddIntConstant(module, "VALUE", CALLS());
#endif
    return 0;
}
#ifdef SINGLE
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "native", NULL, -1, methods};
PyMODINIT_FUNC PyInit_native(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module) fill(module);
    return module;
}
#else
static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "native", NULL, 0, methods, slots};
PyMODINIT_FUNC PyInit_native(void) { return PyModuleDef_Init(&definition); }
#endif
'''


def setUpModule():
    global _folder
    _folder = tempfile.mkdtemp(dir=CACHE)


def build(name, source, *options):
    """Compile a shared library; returns its bytes."""
    path = os.path.join(_folder, name)
    with open(path + '.c', 'w') as file:
        file.write(source)
    done = subprocess.run([COMPILER, '-shared', '-fPIC', '-o', path, path + '.c', '-I', os.path.dirname(HEADER),
                           '-L', _folder, '-Wl,--enable-new-dtags', *options], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    with open(path, 'rb') as file:
        return file.read()


def library(name, function, value, *options, calls=None):
    body = f'int {calls}(void);\n' if calls else ''
    return build(name, body + f'int {function}(void) {{ return {value}{f" + {calls}()" if calls else ""}; }}\n', *options)


def module(kind, *options, calls=None, single=False):
    defines = [f'-DKIND="{kind}"', *([f'-DCALLS={calls}'] if calls else []), *(['-DSINGLE'] if single else [])]
    return build(f'native-{kind}{SUFFIX}', MODULE, *defines, *options)


class RunPathTest(unittest.TestCase):
    def test_run_paths_are_found_in_bytes(self):
        content = (b'\x7fELF..$ORIGIN/../../nvidia/cu/lib:$ORIGIN:/usr/lib:${ORIGIN}/deep\0..\0$ORIGIN/../../../out\0'
                   b'@loader_path/../.dylibs/libx.dylib\0$ORIGIN')
        self.assertEqual(sorted(_libraries.run_path(content, 'a/b')),
                         ['a/.dylibs', 'a/b', 'a/b/deep', 'nvidia/cu/lib'])
        self.assertEqual(_libraries.run_path(b'$ORIGIN/../x.libs\0', ''), [])
        self.assertEqual(_libraries.run_path(b'$ORIGIN/..\0', 'a'), [''])
        self.assertEqual(_libraries.run_path(b'$ORIGIN' * 3000, 'a'), ['a'])


@needs_compiler
class LibrariesTest(TreeCase):
    def load(self, name, files, **options):
        root = self.mount(files, name=f'{self._testMethodName}-{name}', compiled=False, **options)
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        return root

    def test_libraries_of_the_same_distribution(self):
        inner = library('libinner.so', 'inner', 20)
        outer = library('libouter.so', 'outer', 2, '-linner', '-Wl,-rpath,$ORIGIN/../odd', calls='inner')
        native = module('own', '-louter', '-Wl,-rpath,$ORIGIN/../own.libs', calls='outer')
        root = self.load('own', {'own/__init__.py': '', f'own/native{SUFFIX}': native, 'own.libs/libouter.so': outer,
                                 'odd/libinner.so': inner, 'odd/readme.txt': '', 'own/other/x.txt': ''})
        self.assertEqual(importlib.import_module('own.native').VALUE, 22)
        self.assertTrue(os.path.exists(os.path.join(root, 'odd', 'libinner.so')))

    def test_libraries_of_other_distributions(self):
        inner = library('libinner2.so', 'inner2', 30)
        outer = library('libouter2.so', 'outer2', 3, '-linner2', '-Wl,-rpath,$ORIGIN/../vendor/lib', calls='inner2')
        native = module('other', '-louter2', '-Wl,-rpath,$ORIGIN/../../outer2.libs', calls='outer2')
        self.load('inner', {'vendor/lib/libinner2.so': inner})
        outer_root = self.load('outer', {'outer2.libs/libouter2.so': outer})
        root = self.load('user', {'user/sub/__init__.py': '', f'user/sub/native{SUFFIX}': native})
        native = importlib.import_module('user.sub.native')
        self.assertEqual(native.VALUE, 33)
        for path in ('outer2.libs/libouter2.so', 'vendor/lib/libinner2.so'):
            self.assertIn(os.path.join(root, *path.split('/')), pyembed.report()['extracted'])
        self.assertFalse(os.path.exists(outer_root))

    def test_a_library_that_is_missing_is_one_import_error(self):
        library('libgone.so', 'gone', 1)
        native = module('gone', '-lgone', '-Wl,-rpath,$ORIGIN/../gone.libs', calls='gone')
        self.load('gone', {'lost/__init__.py': '', f'lost/native{SUFFIX}': native})
        with self.assertRaisesRegex(ImportError, 'libgone.so'):
            importlib.import_module('lost.native')

    def test_data_that_c_code_opens(self):
        native = module('data')
        self.load('data', {'dat/__init__.py': '', f'dat/native{SUFFIX}': native, 'dat/beside.txt': 'beside',
                           'dat/below/more.txt': 'below', 'dat/no.py': ''})
        found = importlib.import_module('dat.native')
        self.assertEqual(found.line('beside.txt'), 'beside')
        self.assertEqual(found.line('below/more.txt'), 'below')
        with self.assertRaises(FileNotFoundError):
            found.line('none.txt')

    def test_an_extension_module_wins_over_source(self):
        self.load('both', {'both/__init__.py': '', f'both/native{SUFFIX}': module('wins'), 'both/native.py': 'KIND = "py"'})
        self.assertEqual(importlib.import_module('both.native').KIND, 'wins')

    def test_one_and_several_phases_in_two_roots(self):
        single, multi = module('single', single=True), module('multi')
        roots = [self.load(name, {f'{name}/__init__.py': '', f'{name}/{kind}/native{SUFFIX}': content,
                                  f'{name}/{kind}/name.txt': name, f'{name}/{kind}/__init__.py': ''})
                 for kind, content in (('single', single), ('multi', multi)) for name in (f'one_{kind}', f'two_{kind}')]
        for root, (name, kind) in zip(roots, (('one_single', 'single'), ('two_single', 'single'),
                                              ('one_multi', 'multi'), ('two_multi', 'multi'))):
            found = importlib.import_module(f'{name}.{kind}.native')
            self.assertEqual((found.KIND, found.__file__), (kind, os.path.join(root, name, kind, f'native{SUFFIX}')))
            self.assertEqual((found.__name__, found.line('name.txt')), (f'{name}.{kind}.native', name))

    def test_never(self):
        self.load('never', {'nev/__init__.py': '', f'nev/native{SUFFIX}': module('never')}, materialize='never')
        with self.assertRaisesRegex(ImportError, 'nev.native.*Materialize="Never"') as caught:
            importlib.import_module('nev.native')
        self.assertEqual(caught.exception.name, 'nev.native')

    def start(self, store, archives):
        """A process that loads the extension module of the archives, tells its value, and waits for a line."""
        code = textwrap.dedent('''
            import sys
            sys.path.insert(0, {package!r})
            from pyembed import _importer
            import pyembed
            _importer._store = {store!r}
            for path in {archives!r}:
                with open(path, 'rb') as file:
                    _importer.mount_view(memoryview(file.read()), path)
            try:
                import user.native
                print(user.native.VALUE, flush=True)
            except ImportError as error:
                print(type(error.__cause__).__name__, error, flush=True)
            sys.stdin.readline()
        ''').format(package=PACKAGE, store=store, archives=archives)
        process = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        return process, process.stdout.readline().strip()

    def test_another_version_of_another_distribution(self):
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        first = library('libversion.so', 'version', 1)
        native = module('version', '-lversion', '-Wl,-rpath,$ORIGIN/../version.libs', calls='version')
        paths = {}
        for name, files in (('user', {'user/__init__.py': '', f'user/native{SUFFIX}': native}),
                            ('one', {'version.libs/libversion.so': first}),
                            ('two', {'version.libs/libversion.so': library('libversion.so', 'version', 2)})):
            paths[name] = os.path.join(place, name + '.zip')
            with open(paths[name], 'wb') as file:
                file.write(archive(files, 'user' if name == 'user' else 'version'))
        store = os.path.join(place, 'store')
        running, value = self.start(store, [paths['user'], paths['one']])
        self.assertEqual(value, '1')
        same, value = self.start(store, [paths['user'], paths['one']])
        self.assertEqual(value, '1')
        refused, value = self.start(store, [paths['user'], paths['two']])
        self.assertRegex(value, '^ExtractionError .*libversion.so.*another version')
        for process in (running, same, refused):
            process.communicate('\n')
        for version, expected in (('two', '2'), ('one', '1')):
            process, value = self.start(store, [paths['user'], paths[version]])
            self.assertEqual(value, expected)
            process.communicate('\n')


if __name__ == '__main__':
    unittest.main()
