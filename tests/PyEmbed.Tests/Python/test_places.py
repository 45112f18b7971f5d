"""Packages that read their own folders, or those of others, as they are written: nothing in them knows of PyEmbed."""

import importlib
import importlib.util
import os
import shutil
import sys
import tempfile
import textwrap
import unittest
import unittest.mock

from support import PACKAGE, TreeCase, _importer, pyembed

ANALYZE = os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), 'PyEmbed.Tasks', 'Python', 'analyze.py')


def load_analyze():
    """The build's script, which says what a source asks for."""
    spec = importlib.util.spec_from_file_location('pyembed_analyze', ANALYZE)
    module = importlib.util.module_from_spec(spec)
    shared = os.path.join(PACKAGE, 'pyembed')           # from which the build takes two files
    sys.path[:0] = os.path.dirname(ANALYZE), shared     # the first as for a program, which takes it off itself
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(shared)
    return module


def file_users(files):
    """The index's file_users, as a build writes it."""
    analyze = load_analyze()
    users = {}
    for path, source in files.items():
        if path.endswith('.py'):
            source = source if isinstance(source, bytes) else source.encode()
            if analyze.places.WORDS.search(source):
                flags = analyze.places.asked(analyze.parse(source, path), path)
                if flags:
                    users[path] = flags
    return users


JINJA = {
    'engine/__init__.py': 'from .loaders import FileSystemLoader, PackageLoader\n',
    'engine/loaders.py': '''
        import importlib.util
        import os
        from importlib import import_module

        class FileSystemLoader:
            def __init__(self, searchpath):
                self.searchpath = searchpath
            def get(self, name):
                path = os.path.join(self.searchpath, *name.split("/"))
                with open(path, encoding="utf-8") as file:
                    return file.read(), os.path.getmtime(path)
            def names(self):
                found = set()
                for folder, _, names in os.walk(self.searchpath, followlinks=False):
                    found.update(os.path.relpath(os.path.join(folder, name), self.searchpath) for name in names)
                return sorted(found)

        class PackageLoader(FileSystemLoader):
            def __init__(self, package_name, package_path="templates"):
                import_module(package_name)
                spec = importlib.util.find_spec(package_name)
                roots = spec.submodule_search_locations or [os.path.dirname(spec.origin)]
                for root in roots:
                    place = os.path.join(root, package_path)
                    if os.path.isdir(place):
                        break
                else:
                    raise ValueError(f"the {package_name!r} package was not installed in a way that PackageLoader understands")
                super().__init__(place)
        '''}
SITE = {'site_/__init__.py': '', 'site_/templates/a.html': 'A', 'site_/templates/mail/b.txt': 'B', 'site_/views.py': 'x = 1'}

DJANGO = {
    'frame/__init__.py': '',
    'frame/apps.py': '''
        import os
        import pkgutil
        from importlib import import_module

        class AppConfig:
            def __init__(self, name):
                self.module = import_module(name)
                paths = list(getattr(self.module, "__path__", []))
                if len(paths) != 1:
                    filename = getattr(self.module, "__file__", None)
                    paths = [os.path.dirname(filename)] if filename is not None else []
                if not paths:
                    raise ValueError("no file system location")
                self.path = paths[0]
        ''',
    'frame/use.py': '''
        import gettext
        import os
        import pkgutil
        from pathlib import Path
        from importlib import import_module

        def template_dirs(configs):
            return [Path(config.path) / "templates" for config in configs if (Path(config.path) / "templates").is_dir()]

        def static_files(config):
            root = os.path.join(config.path, "static")
            return [os.path.relpath(os.path.join(folder, name), root)
                    for folder, _, names in os.walk(root) for name in names]

        def migrations(config):
            module = import_module(config.module.__name__ + ".migrations")
            if getattr(module, "__file__", None) is None and not isinstance(module.__path__, list):
                return None
            return sorted(name for _, name, is_package in pkgutil.iter_modules(module.__path__) if not is_package)

        def translate(config, text):
            return gettext.translation("shop", os.path.join(config.path, "locale"), ["de"]).gettext(text)
        '''}


def mo_file(messages):
    """The contents of a gettext catalogue."""
    ids, strings = b'', b''
    offsets = []
    for key, value in sorted({'': 'Content-Type: text/plain; charset=UTF-8\n', **messages}.items()):
        key, value = key.encode(), value.encode()
        offsets.append((len(key), len(ids), len(value), len(strings)))
        ids += key + b'\0'
        strings += value + b'\0'
    start = 28 + 16 * len(offsets)
    keys = b''.join(b''.join(number.to_bytes(4, 'little') for number in (size, start + at)) for size, at, _, _ in offsets)
    values = b''.join(b''.join(number.to_bytes(4, 'little') for number in (size, start + len(ids) + at))
                      for _, _, size, at in offsets)
    head = (0x950412de, 0, len(offsets), 28, 28 + 8 * len(offsets), 0, 0)
    return b''.join(number.to_bytes(4, 'little') for number in head) + keys + values + ids + strings


APP = {'shop/__init__.py': '', 'shop/models.py': '', 'shop/migrations/__init__.py': '', 'shop/migrations/0001_initial.py': '',
       'shop/migrations/0002_more.py': '', 'shop/templates/shop/page.html': 'page', 'shop/static/css/site.css': 'b {}',
       'shop/static/site.js': 'js', 'shop/locale/de/LC_MESSAGES/shop.mo': mo_file({'yes': 'ja'})}


class PackageCase(TreeCase):
    """Mounts packages in both ways: as the build packs them, and as nobody has looked at them."""

    analyzed = True

    def tree(self, files, name='', **options):
        files = {path: textwrap.dedent(content) if isinstance(content, str) else content for path, content in files.items()}
        options['file_users'] = file_users(files) if self.analyzed else None
        root = self.mount(files, name=f'{type(self).__name__}-{self._testMethodName}{name}', compiled=self.analyzed,
                          **{'placement': 'library', **options})
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        everyone = _importer._everyone

        def restore():
            _importer._everyone = everyone

        self.addCleanup(restore)
        return root


class PackagesTest(PackageCase):
    def test_the_place_of_a_package_that_is_not_imported(self):
        self.tree(SITE, 'site')
        self.tree({'micro/__init__.py': '''
            import os
            import importlib.util
            import sys

            def root_path(name):
                module = sys.modules.get(name)
                if module is not None and getattr(module, "__file__", None):
                    return os.path.dirname(module.__file__)
                return os.path.dirname(importlib.util.find_spec(name).loader.get_filename(name))

            def template(name, path):
                with open(os.path.join(root_path(name), "templates", path), encoding="utf-8") as file:
                    return file.read()
            '''}, 'micro')
        self.assertEqual(importlib.import_module('micro').template('site_', 'a.html'), 'A')
        self.assertNotIn('site_', sys.modules)

    def test_loaders_of_templates(self):
        self.tree(SITE, 'site')
        self.tree(JINJA)
        engine = importlib.import_module('engine')
        loader = engine.PackageLoader('site_')
        self.assertEqual(loader.names(), ['a.html', os.path.join('mail', 'b.txt')])
        self.assertEqual(loader.get('mail/b.txt')[0], 'B')
        self.assertEqual(engine.FileSystemLoader(os.path.join(os.path.dirname(sys.modules['site_'].__file__), 'templates'))
                         .get('a.html')[0], 'A')
        with self.assertRaisesRegex(ValueError, 'not installed'):
            engine.PackageLoader('site_', 'nothing')

    def test_a_framework_and_its_apps(self):
        self.tree(DJANGO)
        self.tree(APP, 'app')
        apps, use = importlib.import_module('frame.apps'), importlib.import_module('frame.use')
        config = apps.AppConfig('shop')
        self.assertEqual([(place / 'shop' / 'page.html').read_text() for place in use.template_dirs([config])], ['page'])
        self.assertEqual(sorted(use.static_files(config)), [os.path.join('css', 'site.css'), 'site.js'])
        self.assertEqual(use.migrations(config), ['0001_initial', '0002_more'])
        self.assertEqual(use.translate(config, 'yes'), 'ja')

    def test_what_was_imported_before_the_one_who_asks(self):
        self.tree(APP, 'app')
        importlib.import_module('shop')
        root = self.tree(DJANGO)
        self.assertFalse(os.path.exists(os.path.join(sys.modules['shop'].__path__[0], 'static')))
        importlib.import_module('frame.apps')
        self.assertTrue(os.path.isdir(os.path.join(sys.modules['shop'].__path__[0], 'static', 'css')))
        if self.analyzed:           # who only looks for words takes it that the asker's own place is wanted, too
            self.assertFalse(os.path.exists(os.path.join(root, 'frame', 'use.py')))
        self.tree({'watch.py': 'import os, sys\ndef times():\n    return {name: os.stat(module.__file__).st_size for name, '
                               'module in sys.modules.items() if name.startswith("frame.")}\n'}, 'watch')
        self.assertGreater(importlib.import_module('watch').times()['frame.apps'], 300)
        self.assertTrue(os.path.isfile(os.path.join(root, 'frame', 'use.py')))

    def test_what_is_imported_after_the_one_who_asks(self):
        self.tree(DJANGO)
        importlib.import_module('frame.apps')
        root = self.tree({'late/__init__.py': '', 'late/m.py': '', 'late/data.txt': '', 'late/sub/__init__.py': '', 'late/sub/n.py': '',
                          'late/lists.py': 'import os\nFOUND = sorted(os.listdir(os.path.dirname(__file__) + "/sub"))'}, 'late')
        for name in 'late', 'late.m':
            importlib.import_module(name)
            self.assertEqual(sorted(os.listdir(os.path.join(root, 'late'))), ['data.txt', 'sub'])
        self.assertEqual(importlib.import_module('late.lists').FOUND, ['__init__.py', 'n.py'])

    def test_one_who_asks_for_files(self):
        self.tree({'watch.py': 'import os\ndef size(module):\n    return os.stat(module.__file__).st_size\n'}, 'watch')
        root = self.tree({'late/__init__.py': '', 'late/m.py': 'x = 1', 'late/sub/__init__.py': '', 'late/sub/n.py': ''}, 'late')
        size = importlib.import_module('watch').size
        self.assertEqual(size(importlib.import_module('late.m')), 5)
        self.assertEqual(sorted(os.listdir(os.path.join(root, 'late'))), ['__init__.py', 'm.py', 'sub'])
        self.assertEqual(os.listdir(os.path.join(root, 'late', 'sub')), [])

    def test_others_are_looked_at_once_a_package(self):
        self.tree(DJANGO)
        importlib.import_module('frame.apps')
        self.tree({**{f'many/p{number}/__init__.py': '' for number in range(9)}, 'many/__init__.py': '', 'many/data.txt': ''}, 'many')
        importlib.import_module('many')
        if not self.analyzed:
            return                  # each source must be searched
        from pyembed import _store
        with unittest.mock.patch.object(_store, '_extract', side_effect=AssertionError):
            for number in range(9):
                importlib.import_module(f'many.p{number}')

    def test_helpers_for_tests(self):
        root = self.tree({'lib/__init__.py': 'from .testing import run\n', 'lib/data.txt': 'd', 'lib/tests/__init__.py': '',
                          'lib/testing/__init__.py': '', 'lib/testing/run.py': '''
                              import os, sys
                              HERE = os.path.dirname(__file__)
                              def find(module):
                                  return os.listdir(os.path.dirname(module.__file__))
                              '''})
        importlib.import_module('lib')
        self.assertEqual(_importer._everyone, 0)
        self.assertEqual(sorted(os.listdir(os.path.join(root, 'lib', 'testing'))), ['__init__.py', 'run.py'])
        self.assertEqual(os.listdir(os.path.join(root, 'lib', 'tests')), [])
        self.assertTrue(os.path.isfile(os.path.join(root, 'lib', 'data.txt')))

    def test_templates_that_are_sources(self):
        root = self.tree({'migrate/__init__.py': '', 'migrate/config.py': 'import os\nHERE = os.path.abspath(os.path.dirname(__file__))\n',
                          'migrate/command.py': '''
                              import os
                              import shutil
                              from . import config

                              def init(kind, target):
                                  folder = os.path.join(config.HERE, "templates", kind)
                                  for name in os.listdir(folder):
                                      if os.path.isfile(os.path.join(folder, name)):
                                          shutil.copy(os.path.join(folder, name), target)
                              ''',
                          'migrate/templates/generic/env.py': 'x = 1\n', 'migrate/templates/generic/script.mako': 'y',
                          'migrate/templates/generic/deep/__init__.py': '', 'migrate/sub/__init__.py': '', 'migrate/sub/code.py': ''})
        target = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, target)
        importlib.import_module('migrate.command').init('generic', target)
        self.assertEqual(sorted(os.listdir(target)), ['env.py', 'script.mako'])
        self.assertTrue(os.path.isfile(os.path.join(root, 'migrate', 'templates', 'generic', 'deep', '__init__.py')))
        self.assertFalse(os.path.exists(os.path.join(root, 'migrate', 'sub', 'code.py')))

    def test_a_listing_of_data(self):
        self.tree({'core/__init__.py': 'import os\nROOT = os.path.dirname(os.path.abspath(__file__))\n',
                   'core/loaders.py': '''
                       import json, os
                       from . import ROOT
                       class Loader:
                           BUILTIN = os.path.join(ROOT, "data")
                           def services(self):
                               return sorted(name for name in os.listdir(self.BUILTIN)
                                             if os.path.isdir(os.path.join(self.BUILTIN, name)))
                           def versions(self, service):
                               return sorted(os.listdir(os.path.join(self.BUILTIN, service)))
                           def load(self, service, version):
                               path = os.path.join(self.BUILTIN, service, version, "service-2.json")
                               if not os.path.isfile(path):
                                   raise KeyError(service)
                               with open(path, "rb") as file:
                                   return json.loads(file.read().decode("utf-8"))
                       ''',
                   'core/data/s3/2006-03-01/service-2.json': '{"name": "s3"}', 'core/data/ec2/2016-11-15/service-2.json': '{}',
                   'core/data/endpoints.json': '{}'})
        loader = importlib.import_module('core.loaders').Loader()
        self.assertEqual((loader.services(), loader.versions('s3')), (['ec2', 's3'], ['2006-03-01']))
        self.assertEqual(loader.load('s3', '2006-03-01'), {'name': 's3'})
        with self.assertRaises(KeyError):
            loader.load('sqs', '2012')

    def test_a_listing_of_a_package(self):
        self.tree({'plug/__init__.py': '', 'plug/a.py': '', 'plug/b.py': '', 'plug/n.txt': '', 'plug/sub/__init__.py': ''})
        self.tree({'asker.py': 'import os, plug\nFOUND = sorted(os.listdir(plug.__path__[0]))\n'
                               'TIMES = [os.stat(os.path.join(os.path.dirname(plug.__file__), name)).st_size for name in FOUND]'},
                  'asker')
        self.assertEqual(importlib.import_module('asker').FOUND, ['__init__.py', 'a.py', 'b.py', 'n.txt', 'sub'])

    def test_a_glob_for_modules(self):
        self.tree({'mods/__init__.py': '''
                       from os.path import dirname, basename, isfile, join
                       import glob
                       modules = glob.glob(join(dirname(__file__), "*.py"))
                       __all__ = sorted(basename(f)[:-3] for f in modules if isfile(f) and not f.endswith("__init__.py"))
                       ''', 'mods/one.py': 'x = 1', 'mods/two.py': 'x = 2', 'mods/deep/three.py': ''})
        self.assertEqual(importlib.import_module('mods').__all__, ['one', 'two'])

    def test_a_walk_from_deep_below(self):
        self.tree({'top/__init__.py': '', 'top/a.py': '', 'top/sub/__init__.py': '',
                   'top/sub/find.py': '''
                       import os
                       from pathlib import Path
                       FOUND = sorted(path.name for path in Path(__file__).resolve().parent.parent.rglob("*.py"))
                       ''', 'top/other/m.py': ''})
        self.assertEqual(importlib.import_module('top.sub.find').FOUND, ['__init__.py', '__init__.py', 'a.py', 'find.py', 'm.py'])

    def test_its_own_source(self):
        self.tree({'own.py': 'import os\nwith open(__file__) as file:\n    FIRST = file.readline()\nSIZE = os.stat(__file__).st_size\n'})
        found = importlib.import_module('own')
        self.assertEqual(found.FIRST, 'import os\n')
        self.assertEqual(found.SIZE, os.path.getsize(found.__file__))

    def test_files_beside_an_apps_packages(self):
        root = self.tree({'conf/__init__.py': '', 'conf/settings.py': '''
                              from pathlib import Path
                              BASE_DIR = Path(__file__).resolve().parent.parent
                              TEMPLATE = (BASE_DIR / "templates" / "base.html").read_text()
                              VERSION = (BASE_DIR / "VERSION").read_text()
                              ''', 'templates/base.html': 'base', 'VERSION': '7', 'unrelated/__init__.py': '',
                          'unrelated/data.bin': ''}, placement='app')
        settings = importlib.import_module('conf.settings')
        self.assertEqual((settings.TEMPLATE, settings.VERSION), ('base', '7'))
        self.assertFalse(os.path.exists(os.path.join(root, 'unrelated')))

    def test_the_importing_module_decides_when(self):
        root = self.tree({'lazy/__init__.py': '', 'lazy/quiet.py': 'x = 1', 'lazy/data.txt': 'd',
                          'lazy/asks.py': 'from pathlib import Path\nTEXT = Path(__file__).with_name("data.txt").read_text()'})
        importlib.import_module('lazy.quiet')
        self.assertFalse(os.path.exists(root))
        self.assertEqual(importlib.import_module('lazy.asks').TEXT, 'd')

    def test_a_program(self):
        files = {'prog/__init__.py': '', 'prog/__main__.py': 'from pathlib import Path\n'
                 'print(Path(__file__).with_name("n.txt").read_text())', 'prog/n.txt': 'as a program'}
        self.tree(files)
        import contextlib
        import io
        import runpy
        with contextlib.redirect_stdout(io.StringIO()) as out:
            runpy.run_module('prog', run_name='__main__')
        self.assertEqual(out.getvalue(), 'as a program\n')

    def test_a_vendored_folder_on_the_path(self):
        root = self.tree({'ven/__init__.py': '', 'ven/_vendor/dep/__init__.py': 'from pathlib import Path\n'
                          'TEXT = Path(__file__).with_name("d.txt").read_text()', 'ven/_vendor/dep/d.txt': 'vendored'})
        self.names.add('dep')
        sys.path.insert(0, os.path.join(root, 'ven', '_vendor'))
        self.assertEqual(importlib.import_module('dep').TEXT, 'vendored')

    def test_folders_agree(self):
        root = self.tree({'fold/__init__.py': 'import os\nHERE = os.path.dirname(__file__)', 'fold/code/deep/m.py': '',
                          'fold/code/deep/__init__.py': '', 'fold/data/x.txt': ''})
        here = importlib.import_module('fold').HERE
        for name in ('', 'code', 'code/deep', 'data'):
            self.assertTrue(os.path.isdir(os.path.join(here, *name.split('/'))), name)
        self.assertEqual(sorted(name for name in os.listdir(here) if name != '__pycache__'), ['__init__.py', 'code', 'data'])
        self.assertFalse(os.path.exists(os.path.join(root, 'fold', '__pycache__')))

    def test_programs_are_executable(self):
        if os.name != 'posix':
            self.skipTest('modes are POSIX')
        self.tree({'tool/__init__.py': 'import os, subprocess\nHERE = os.path.dirname(__file__)\n'
                   'OUT = subprocess.run([os.path.join(HERE, "bin", "run")], capture_output=True, text=True).stdout',
                   'tool/bin/run': '#!/bin/sh\necho ran\n'})
        self.assertEqual(importlib.import_module('tool').OUT, 'ran\n')


class UnanalyzedPackagesTest(PackagesTest):
    analyzed = False


class HostCodeTest(PackageCase):
    """Code that is not embedded, which no build has seen."""

    FILES = {'emb/__init__.py': '', 'emb/data/n.txt': 'n', 'emb/m.py': ''}
    CODE = 'import os, emb\nfound = sorted(os.listdir(os.path.dirname(emb.__file__)))'

    def test_is_not_seen(self):
        self.tree(self.FILES)
        with self.assertRaises(FileNotFoundError):
            exec(self.CODE, {})

    def test_data_and_all_are_there(self):
        for mode, expected in (('data', ['data']), ('all', ['__init__.py', 'data', 'm.py'])):
            with self.subTest(mode):
                root = self.tree(self.FILES, mode, materialize=mode)
                scope = {}
                exec(self.CODE, scope)
                self.assertEqual(scope['found'], expected)
                pyembed.unmount(root)
                for name in ('emb', 'emb.m'):
                    sys.modules.pop(name, None)

    def test_never_is_kept_though_others_ask(self):
        root = self.tree(self.FILES, materialize='never')
        self.tree({'asks.py': 'import emb\nPLACE = emb.__file__'}, 'asker')
        self.assertTrue(importlib.import_module('asks').PLACE.startswith(root))
        self.assertFalse(os.path.exists(root))


if __name__ == '__main__':
    unittest.main()
