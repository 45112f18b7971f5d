"""From a system A, which is this process, to systems B: a test for each paragraph of the requirements that an importer for
transfer has to meet, in their order. B is a plain process of every CPython that is found."""

import dataclasses
import hashlib
import importlib
import json
import os
import pickle
import sys
import unittest
import zipfile

from systems import Failed, System, others, pythons
from test_require import RequirementCase
import pyembed
from pyembed import bundle
from pyembed.bundle import BundleError

FILES = {
    'fleet/__init__.py': '"""Ships and where they are."""\n',
    'fleet/shapes.py': '''
import dataclasses
import enum


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Course(enum.Enum):
    NORTH = 'n'
    SOUTH = 's'


class Signs(enum.IntFlag):
    RED = 1
    GREEN = 2


class Ship:
    class Log:
        def __init__(self, lines):
            self.lines = lines

    def __init__(self, name, at):
        self.name = name
        self.at = at
        self.log = self.Log([name])

    def move(self, steps):
        self.at = Point(self.at.x + steps, self.at.y)
        return self


class Aground(Exception):
    def __init__(self, ship, depth):
        super().__init__(ship, depth)
        self.depth = depth


def ground(ship):
    try:
        raise ValueError(ship)
    except ValueError as error:
        raise Aground(ship, 2) from error  # on the rocks
''',
    'fleet/work.py': '''
import json
import zlib
import _imp
from . import helper
from .shapes import Point


def total(points):
    return helper.add([point.x for point in points])


def packed(points):
    from . import late
    return late.pack(json.dumps([[point.x, point.y] for point in points]))
''',
    'fleet/helper.py': 'add = sum\n',
    'fleet/late.py': 'import zlib\n\n\ndef pack(text):\n    return zlib.crc32(text.encode())\n',
    'fleet/unused.py': 'raise RuntimeError("nobody needs this")\n',
    'fleet/checks.py': '''
import importlib.util
import sys


def is_other():
    return getattr(sys, 'is_other', False)


def has_radar():
    return importlib.util.find_spec('radar') is not None


def fails():
    raise OSError('the radio is off')
''',
    'fleet/remote.py': 'import sys\nsys.is_other\nfrom . import helper\nvalue = helper.add([1, 2])\n',
    'fleet/scan.py': 'import radar\nfound = radar.found\n',
    'fleet/deck/__init__.py': 'from .. import helper\n',
    'fleet/deck/crew.py': 'from . import helper\nfrom ..shapes import Ship\nfrom .cargo import goods\n\n\ndef names():\n    return [Ship("Ada", None).name, *goods]\n',
    'fleet/deck/cargo/__init__.py': 'goods = ["tea"]\n',
    'fleet/deck/cargo/hold.py': 'x = 1\n',
    'fleet/space/probe.py': 'value = 5\n',
    'fleet/use_remote.py': 'try:\n    from . import remote\nexcept ImportError:\n    remote = None\n\n\ndef get():\n    return remote and remote.value\n',
}

MOUNT = 'import pyembed\nroot = pyembed.mount(sent)\n'


class TransferCase(RequirementCase):
    """A is a folder on this process's sys.path."""

    def setUp(self):
        super().setUp()
        self.place = self.folder(FILES)
        sys.path.insert(0, self.place)

    def systems(self, found=None, **options):
        """A fresh system B of each CPython that is found, one at a time."""
        for self.python in found or pythons():
            with System(self.python, **options) as system:
                yield system
        self.python = None

    python = None       # that of the system that was asked last

    def _formatMessage(self, message, standard):
        return super()._formatMessage(message, f'{standard} on {self.python}' if self.python else standard)

    def build(self, objects, *rules, **options):
        sent = bundle.build(objects, rules, **options)
        self.modules = sorted(bundle.read(sent).modules)
        return sent

    def member(self, name):
        module, _, attribute = name.partition(':')
        return getattr(importlib.import_module(module), attribute)

    def at(self, system, path):
        """Where a file of A is shown on a system."""
        return os.path.join(system.folder, '.pyembed', *self.place.strip('/').split('/'), *path.split('/'))

    def fails(self, *arguments, **options):
        with self.assertRaises(BundleError) as caught:
            bundle.build(*arguments, **options)
        return str(caught.exception)


class ImporterTest(TransferCase):
    """The first design."""

    def test_modules_are_told_apart_by_their_places_on_a(self):
        sent = self.build('fleet.work')
        for b in self.systems():
            found = b.run(MOUNT + 'import sys, fleet.work\nresult = [(name, module.__file__) for name, module in sorted(sys.modules.items()) if name.startswith("fleet")]', sent=sent)
            self.assertEqual(found[0], ('fleet', self.at(b, 'fleet/__init__.py')))
            self.assertEqual({name: path for name, path in found}, {name: self.at(b, bundle_path(name)) for name in
                                                                    ('fleet', 'fleet.helper', 'fleet.shapes', 'fleet.work')})

    def test_the_importer_is_one_of_the_importer_protocol(self):
        sent = self.build('fleet.work')
        for b in self.systems():
            found = b.run(MOUNT + '''
import importlib.machinery, importlib.util, sys
spec = importlib.util.find_spec('fleet.work')
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
result = (isinstance(spec.loader, importlib.machinery.SourceFileLoader), module.total([module.Point(4)]),
          spec.loader.get_source('fleet.work')[:12], spec.origin, spec.parent)
''', sent=sent)
            self.assertEqual(found, (True, 4, '\nimport json', self.at(b, 'fleet/work.py'), 'fleet'))

    def test_what_a_module_imports_comes_with_it_and_what_that_imports(self):
        self.build('fleet.deck.crew')
        self.assertEqual(self.modules, ['fleet', 'fleet.deck', 'fleet.deck.cargo', 'fleet.deck.crew', 'fleet.helper', 'fleet.shapes'])

    def test_names_in_a_module_are_those_of_the_modules_that_came(self):
        """B has another fleet by itself, which does not come in between."""
        sent = self.build('fleet.deck.crew')
        for b in self.systems():
            folder = os.path.join(b.folder, 'own', 'fleet')
            os.makedirs(folder)
            for name in '__init__.py', 'helper.py':
                with open(os.path.join(folder, name), 'w') as file:
                    file.write('add = None\n')
            found = b.run('import sys, os\nsys.path.append(os.path.abspath("own"))\n' + MOUNT + '''
import fleet.deck.crew as crew
result = crew.helper is sys.modules['fleet.helper'], crew.helper.add is sum, crew.Ship is sys.modules['fleet.shapes'].Ship, crew.names()
''', sent=sent)
            self.assertEqual(found, (True, True, True, ['Ada', 'tea']))

    def test_a_bundle_is_imported_anywhere_with_its_relative_imports(self):
        """By CPython alone, and mounted."""
        sent = self.build('fleet.deck.crew')
        for b in self.systems(path=()):
            place = os.path.join(b.folder, 'sent.zip')
            with open(place, 'wb') as file:
                file.write(sent)
            found = b.run('import sys\nsys.path.insert(0, place)\nimport fleet.deck.crew as crew\nresult = crew.names(), crew.__file__, "pyembed" in sys.modules', place=place)
            self.assertEqual(found, (['Ada', 'tea'], os.path.join(place, 'fleet', 'deck', 'crew.py'), False))
        for b in self.systems():
            self.assertEqual(b.run(MOUNT + 'from fleet.deck import crew\nresult = crew.names()', sent=sent), ['Ada', 'tea'])


class ImprovedImporterTest(TransferCase):
    """The second design."""

    def test_all_that_an_object_needs_and_no_more(self):
        """Functions, classes, instances and modules; imports in functions where the function is needed; rules are for all."""
        cases = {
            'fleet.work:total': ['fleet', 'fleet.helper', 'fleet.shapes', 'fleet.work'],
            'fleet.work:packed': ['fleet', 'fleet.helper', 'fleet.late', 'fleet.shapes', 'fleet.work'],
            'fleet.shapes:Ship': ['fleet', 'fleet.shapes'],
        }
        for name, modules in cases.items():
            with self.subTest(name):
                self.build(name)
                self.assertEqual(self.modules, modules)
                self.build(self.member(name))
                self.assertEqual(self.modules, modules)
        self.build(self.member('fleet.shapes:Ship')('Ada', None))
        self.assertEqual(self.modules, ['fleet', 'fleet.shapes'])
        self.build(importlib.import_module('fleet.helper'))
        self.assertEqual(self.modules, ['fleet', 'fleet.helper'])
        self.build(['fleet.helper', self.member('fleet.shapes:Ship')])
        self.assertEqual(self.modules, ['fleet', 'fleet.helper', 'fleet.shapes'])
        self.build('fleet.work:total', 'exclude fleet.shapes')
        self.assertEqual(self.modules, ['fleet', 'fleet.helper', 'fleet.work'])

    def test_later_rules_win(self):
        files = {'alpha/__init__.py': '', 'alpha/one.py': '', 'alpha/b/__init__.py': '', 'alpha/b/two.py': '', 'alpha/b/c.py': '', 'alpha/b/unneeded.py': '',
                 'user_of_alpha.py': 'import alpha.one, alpha.b.two, alpha.b.c\n'}
        sys.path.insert(0, self.folder(files))
        self.build('user_of_alpha', 'recursive-exclude alpha', 'recursive-include alpha.b', 'exclude alpha.b.c')
        self.assertEqual(self.modules, ['alpha.b', 'alpha.b.two', 'user_of_alpha'])
        self.build('user_of_alpha', 'exclude alpha.b.c', 'recursive-exclude alpha', 'recursive-include alpha.b')
        self.assertEqual(self.modules, ['alpha.b', 'alpha.b.c', 'alpha.b.two', 'user_of_alpha'])

    def test_a_rule_for_the_root_voids_those_before_it(self):
        self.build('fleet.work:total', 'recursive-exclude fleet', 'include-all', 'exclude fleet.shapes')
        self.assertEqual(self.modules, ['fleet', 'fleet.helper', 'fleet.work'])
        self.build('fleet.work:total', 'recursive-include fleet', 'exclude-all', 'include fleet.work')
        self.assertEqual(self.modules, ['fleet.work'])

    def test_modules_are_found_as_import_finds_them(self):
        """Nothing is imported for it. Modules come from folders, zips and mounted trees; what is found tells where data is."""
        archive = os.path.join(self.place, 'more.zip')
        with zipfile.ZipFile(archive, 'w') as file:
            file.writestr('in_zip/__init__.py', 'import in_tree.reader\n')
        self.names.update(('in_zip',))
        self.mount({'in_tree/__init__.py': '', 'in_tree/reader.py': 'import pkgutil\ntext = pkgutil.get_data("in_tree", "notes.txt")\n', 'in_tree/notes.txt': 'read me'})
        sys.path.insert(0, archive)
        sent = self.build('in_zip')
        self.assertEqual(self.modules, ['in_tree', 'in_tree.reader', 'in_zip'])
        self.assertFalse({'in_zip', 'in_tree', 'in_tree.reader'} & set(sys.modules))
        for b in self.systems():
            self.assertEqual(b.run(MOUNT + 'import in_zip, in_tree.reader\nresult = in_tree.reader.text', sent=sent), b'read me')

    def test_the_names_of_the_standard_library_travel(self):
        """It is no data file of a library that has to be imported first, and it is JSON."""
        sent = self.build('fleet.work')
        manifest = bundle.read(sent)
        self.assertLessEqual({'json', 'zlib', 'dataclasses', 'enum'}, set(manifest.standard))
        self.assertFalse({'json', 'enum', 'dataclasses', 'fleet'} & set(manifest.modules) - {'fleet'})
        with zipfile.ZipFile(os.path.join(self.folder({'sent.zip': sent}), 'sent.zip')) as file:
            self.assertEqual(json.loads(file.read('.pyembed/bundle.json'))['standard'], manifest.standard)
        for b in self.systems():
            there = json.loads(b.run(MOUNT + 'import json\nresult = json.dumps(pyembed.report()["received"])', sent=sent))
            self.assertLessEqual({'json', 'zlib'}, set(there['standard']))

    def test_what_is_built_in_or_frozen_stays_here(self):
        self.build('fleet.work')
        self.assertFalse({'_imp', 'zlib', 'zipimport'} & set(self.modules))
        sys.path.insert(0, self.folder({'uses_others.py': 'import sys, zipimport, _frozen_importlib, os\n'}))
        sent = self.build('uses_others')
        self.assertEqual(self.modules, ['uses_others'])
        self.assertEqual(sorted(bundle.read(sent).left_out), ['_frozen_importlib', 'os', 'sys', 'zipimport'])

    def test_the_standard_libraries_of_several_versions(self):
        """What A has of its library and B has not is an error where it is certainly needed: by the names, which each version
        knows of itself."""
        report = pyembed.report()
        report['received'].update(python='2.0.1', standard=[name for name in report['received']['standard'] if name != 'enum'])
        message = self.fails('fleet.work', report=report)
        for text in ('enum', 'fleet.shapes', '2.0.1', '.'.join(map(str, sys.version_info[:3]))):
            self.assertIn(text, message)
        for b in self.systems():
            theirs = b.run('import pyembed\nresult = pyembed.report()["received"]')
            sent = self.build('fleet.work', report={'received': theirs})
            self.assertEqual(b.run(MOUNT + 'import fleet.work\nresult = fleet.work.total([])', sent=sent), 0)

    def test_binary_content_can_be_registered(self):
        content = bytes(range(256))
        self.register('fleet.chart', content)
        self.register('names', 'Zoë'.encode())
        sent = self.build('fleet.work')
        self.assertEqual(bundle.read(sent).data, {name: hashlib.sha256(data).hexdigest() for name, data in (('fleet.chart', content), ('names', 'Zoë'.encode()))})
        for b in self.systems():
            self.assertEqual(b.run(MOUNT + 'result = pyembed.get_data("fleet.chart"), pyembed.get_data("names"), pyembed.is_data("names"), pyembed.is_data("other")', sent=sent),
                             (content, 'Zoë'.encode(), True, False))

    def register(self, name, content):
        from pyembed import _data
        before = _data._registered
        self.addCleanup(setattr, _data, '_registered', before)
        pyembed.register_data(name, content)

    def test_file_is_below_the_working_directory_and_nothing_is_there(self):
        self.register('standard', json.dumps(['os']).encode())
        sent = self.build('fleet.deck.crew')
        for b in self.systems():
            found = b.run(MOUNT + '''
import os, json
from fleet.deck import crew
result = crew.__file__, os.path.exists(crew.__file__), os.listdir('.'), json.loads(pyembed.get_data('standard')), pyembed.is_data('standard')
''', sent=sent)
            self.assertEqual(found, (self.at(b, 'fleet/deck/crew.py'), False, [], ['os'], True))
            with self.assertRaises(Failed) as failed:
                b.run('pyembed.get_data("nothing")')
            self.assertIn("'nothing'", failed.exception.text)


class RequirementsTest(TransferCase):
    """What an importer for transfer has to do."""

    def test_types_of_a_are_picklable_in_b_and_the_other_way(self):
        from fleet import shapes
        self.there_and_back(shapes, pythons(), 'fleet.shapes')

    def there_and_back(self, shapes, found, objects, **options):
        ship = shapes.Ship('Ada', shapes.Point(1, 2))
        value = [ship, shapes.Ship.Log(['x']), shapes.Course.SOUTH, shapes.Signs.RED | shapes.Signs.GREEN, shapes.Point(3), shapes.ground, shapes.Ship.Log, ship.move]
        sent = self.build(objects)
        for b in self.systems(found, **options):
            answer = b.run(MOUNT + '''
from pyembed.bundle import dumps, loads
ship, log, course, signs, point, ground, Log, move = loads(value)
from fleet import shapes
assert type(ship) is shapes.Ship and type(ship.log) is Log is shapes.Ship.Log and course is shapes.Course.SOUTH and ground is shapes.ground
ship.move(5)
try:
    ground(ship)
except shapes.Aground as error:
    result = dumps([ship, log, course, signs, shapes.Point(9, 9), shapes.Ship.Log, error, move])
''', sent=sent, value=bundle.dumps(value))
            back, log, course, signs, point, Log, error, move = bundle.loads(answer)
            self.assertIs(type(back), shapes.Ship)
            self.assertEqual((back.name, back.at, back.log.lines), ('Ada', shapes.Point(6, 2), ['Ada']))
            self.assertIs(Log, shapes.Ship.Log)
            self.assertIs(type(log), shapes.Ship.Log)
            self.assertIs(course, shapes.Course.SOUTH)
            self.assertEqual((signs, type(signs)), (shapes.Signs(3), shapes.Signs))
            self.assertEqual((point, dataclasses.asdict(point)), (shapes.Point(9, 9), {'x': 9, 'y': 9}))
            self.assertEqual((type(error), error.depth), (shapes.Aground, 2))
            self.assertIs(error.args[0], back)
            self.assertIs(move.__self__, back)
            for line in 'raise Aground(ship, 2) from error  # on the rocks', 'raise ValueError(ship)', 'The above exception was the direct cause', 'in ground':
                self.assertIn(line, str(error.__cause__))
            self.assertIn(self.at(b, 'fleet/shapes.py') if not options.get('policy') else 'fleet/shapes.py', str(error.__cause__))
            # And once more: what was raised here, passed through B.
            try:
                raise error
            except shapes.Aground as raised:
                raised.__cause__ = error.__cause__
                again = bundle.loads(b.run('result = dumps(loads(value))', value=bundle.dumps(raised)))
            self.assertIn('# on the rocks', str(again.__cause__))
            self.assertIn('raise error', str(again.__cause__))

    def test_code_of_a_runs_in_b(self):
        from fleet import shapes, work
        sent = self.build([work.total, work.packed])
        task = bundle.dumps((work.packed, ([shapes.Point(1), shapes.Point(2, 3)],)))
        for b in self.systems():
            answer = b.run(MOUNT + 'from pyembed.bundle import dumps, loads\nfunction, arguments = loads(value)\nresult = dumps(function(*arguments))', sent=sent, value=task)
            self.assertEqual(bundle.loads(answer), work.packed([shapes.Point(1), shapes.Point(2, 3)]))

    def test_types_are_picklable_by_plain_pickle_where_b_has_no_pyembed(self):
        from fleet import shapes
        sent = self.build('fleet.shapes')
        for b in self.systems(path=()):
            answer = b.run('''
import pickle, sys
with open('sent.zip', 'wb') as file:
    file.write(sent)
sys.path.insert(0, 'sent.zip')
ship = pickle.loads(value).move(2)
result = pickle.dumps([ship, type(ship.log), ship.log], 4)
''', sent=sent, value=pickle.dumps(shapes.Ship('Ada', shapes.Point(1)), 4))
            ship, Log, log = pickle.loads(answer)
            self.assertEqual((ship.at, Log, log), (shapes.Point(3), shapes.Ship.Log, ship.log))

    def test_a_and_b_of_different_versions(self):
        from fleet import shapes
        self.there_and_back(shapes, others(), 'fleet.shapes')

    def test_b_under_a_policy(self):
        from fleet import shapes
        self.there_and_back(shapes, pythons(), 'fleet.shapes', policy=(True, ['fleet', 'pyembed', '*'], [], []))

    def test_systems_differ_as_such_and_in_their_modules(self):
        """The one kind of requirement is of the system, the other of the modules that it has."""
        pyembed.require('fleet.remote', system='fleet.checks:is_other')
        pyembed.require('fleet.scan', modules='fleet.checks:has_radar')
        sent = self.build(['fleet.use_remote', 'fleet.scan'])
        for b in self.systems():
            b.run(MOUNT + 'import sys\nfrom fleet import checks', sent=sent)
            self.assertFailsThere(b, 'import fleet.remote', 'fleet.checks:is_other (system) is not met')
            self.assertFailsThere(b, 'import fleet.scan', 'fleet.checks:has_radar (modules) is not met')
            b.run('sys.is_other = True\nimport fleet.remote')
            self.assertFailsThere(b, 'import fleet.scan', 'fleet.checks:has_radar (modules) is not met')
            b.run('pyembed.mount({"radar.py": "found = [1]"})\nimport fleet.scan')
            self.assertEqual(b.run('result = fleet.remote.value, fleet.scan.found'), (3, [1]))

    def assertFailsThere(self, system, script, text, kind='RequirementError'):
        with self.assertRaises(Failed) as failed:
            system.run(script)
        self.assertEqual(failed.exception.kind, kind)
        self.assertIn(text, failed.exception.text)

    def test_requirements_are_callables_for_a_and_for_b(self):
        """Declared anywhere, independent of each other, by a function itself or its name; they travel by name."""
        from fleet import checks
        met = []
        pyembed.require('fleet.scan', modules=checks.has_radar)
        pyembed.require('fleet.scan', system=checks.is_other)
        pyembed.require('fleet.remote', system=lambda: met)
        with self.assertRaises(pyembed.RequirementError):
            importlib.import_module('fleet.remote')
        message = self.fails('fleet.use_remote')
        self.assertIn('fleet.remote', message)
        self.assertIn('function at the top level of a module', message)
        pyembed.require('fleet.remote', system=checks.is_other)
        sent = self.build(['fleet.use_remote', 'fleet.scan'])
        self.assertEqual(bundle.read(sent).requirements, {'fleet.remote': ('fleet.checks:is_other', None), 'fleet.scan': ('fleet.checks:is_other', 'fleet.checks:has_radar')})
        self.assertIn('fleet.checks', self.modules)
        for b in self.systems():
            b.run(MOUNT + 'import sys\nasked = []\npyembed.require("fleet.scan", modules=lambda: not asked.append(1))', sent=sent)
            self.assertFailsThere(b, 'import fleet.scan', 'fleet.checks:is_other (system)')
            b.run('sys.is_other = True\npyembed.mount({"radar.py": "found = 0"})\nimport fleet.scan\nassert asked')
            b.run('pyembed.unmount(root)\nassert not [finder for finder in sys.meta_path if finder.__module__ == "pyembed._bundles"]')

    def test_a_requirement_that_raises(self):
        pyembed.require('fleet.remote', 'fleet.checks:fails')
        with self.assertRaises((BundleError, pyembed.RequirementError)) as caught:
            bundle.build('fleet.use_remote')
        self.assertIn('fleet.checks:fails', str(caught.exception))
        self.assertIn('the radio is off', str(caught.exception))

    def test_what_both_systems_have_can_be_excluded(self):
        """One module; a module with all that it leads to; a module with all below it."""
        self.build('fleet.deck.crew', 'exclude fleet.deck.cargo')
        self.assertEqual(self.modules, ['fleet', 'fleet.deck', 'fleet.deck.crew', 'fleet.helper', 'fleet.shapes'])
        sys.path.insert(0, self.folder({'bridge.py': 'import fleet.deck.crew, own\n', 'own.py': ''}))
        self.build('bridge')
        self.assertEqual(self.modules, ['bridge', 'fleet', 'fleet.deck', 'fleet.deck.cargo', 'fleet.deck.crew', 'fleet.helper', 'fleet.shapes', 'own'])
        self.build('bridge', 'exclude-dependencies fleet.deck.crew')
        self.assertFalse({'fleet.deck.crew', 'fleet.shapes', 'fleet.deck.cargo'} & set(self.modules))
        self.assertLessEqual({'bridge', 'own'}, set(self.modules))
        self.build('bridge', 'recursive-exclude fleet.deck')
        self.assertFalse([name for name in self.modules if name.startswith('fleet.deck')])

    def test_a_report_of_what_has_arrived_tailors_the_next_bundle(self):
        pyembed.require('fleet.remote', system='fleet.checks:is_other')
        self.register_chart()
        first = self.build('fleet.use_remote:get')
        self.assertEqual(self.modules, ['fleet', 'fleet.checks', 'fleet.helper', 'fleet.remote', 'fleet.use_remote'])
        for b in self.systems():
            b.run(MOUNT + 'import json', sent=first)
            report = json.loads(b.run('result = json.dumps(pyembed.report())'))
            received = report['received']
            self.assertEqual(sorted(received['modules']), ['fleet', 'fleet.checks', 'fleet.helper', 'fleet.remote', 'fleet.use_remote'])
            self.assertEqual(received['requirements'], {'fleet.remote': {'system': ['fleet.checks:is_other', False, None]}})
            self.assertEqual(list(received['data']), ['chart'])
            sent = self.build(['fleet.use_remote', 'fleet.deck.crew'], report=report)
            self.assertEqual(self.modules, ['fleet.deck', 'fleet.deck.cargo', 'fleet.deck.crew', 'fleet.shapes'])
            self.assertEqual(bundle.read(sent).data, {})
            self.assertEqual(bundle.read(sent).left_out['fleet.helper'], 'on B')
            self.assertEqual(b.run(MOUNT + 'import fleet.deck.crew, fleet.use_remote\nresult = fleet.deck.crew.names(), fleet.use_remote.get()', sent=sent), (['Ada', 'tea'], None))

    def register_chart(self):
        from pyembed import _data
        self.addCleanup(setattr, _data, '_registered', _data._registered)
        pyembed.register_data('chart', b'0')

    def test_what_a_requirement_refuses_there_is_not_sent_again(self):
        """A module that came later than its requirement: the other system has said that it cannot use it."""
        pyembed.require('fleet.remote', system='fleet.checks:is_other')
        for b in self.systems():
            b.run(MOUNT + 'pyembed.require("fleet.remote", system="fleet.checks:is_other")', sent=self.build('fleet.checks'))
            report = b.run('result = {"received": pyembed.report()["received"]}')
            sent = self.build('fleet.use_remote', report=report)
            self.assertEqual(self.modules, ['fleet.use_remote'])
            self.assertEqual(bundle.read(sent).left_out['fleet.remote'], 'refused on B')
            self.assertIsNone(b.run(MOUNT + 'import fleet.use_remote\nresult = fleet.use_remote.get()', sent=sent))
            report = b.run('import sys\nsys.is_other = True\nresult = {"received": pyembed.report()["received"]}')
            self.build('fleet.use_remote', report=report)
            self.assertEqual(self.modules, ['fleet.helper', 'fleet.remote'])

    def test_what_is_unmet_on_a_is_not_imported_and_travels(self):
        pyembed.require('fleet.remote', system='fleet.checks:is_other')
        import fleet.use_remote
        self.assertIsNone(fleet.use_remote.remote)
        self.assertNotIn('fleet.remote', sys.modules)
        sent = self.build(fleet.use_remote.get)
        self.assertNotIn('fleet.remote', sys.modules)
        self.assertEqual(self.modules, ['fleet', 'fleet.checks', 'fleet.helper', 'fleet.remote', 'fleet.use_remote'])
        for b in self.systems():
            found = b.run('import sys\nsys.is_other = True\n' + MOUNT + 'import fleet.use_remote\nresult = fleet.use_remote.get(), type(fleet.remote.__loader__).__module__', sent=sent)
            self.assertEqual(found, (3, 'pyembed._loaders'))

    def test_pairs_of_module_and_source_path(self):
        """For code that only B can import, wherever its source lies on A; a pair goes before what A would import."""
        place = self.folder({'drafts/engine_v2.py': 'import sys\nsys.is_other\nfrom fleet import helper\nvalue = helper.add([4, 5])\n',
                             'drafts/tools/__init__.py': 'from .wrench import size\n', 'drafts/tools/wrench.py': 'size = 8\n',
                             'drafts/helper.py': 'def add(values):\n    return -sum(values)\n'})
        sources = {'fleet.engine': f'{place}/drafts/engine_v2.py', 'kit': f'{place}/drafts/tools/__init__.py', 'kit.wrench': f'{place}/drafts/tools/wrench.py'}
        sent = self.build(['fleet.engine', 'kit'], sources=sources)
        self.assertEqual(self.modules, ['fleet', 'fleet.engine', 'fleet.helper', 'kit', 'kit.wrench'])
        self.assertFalse({'fleet.engine', 'kit', 'kit.wrench'} & set(sys.modules))
        replaced = self.build('fleet.engine', sources={**sources, 'fleet.helper': f'{place}/drafts/helper.py'})
        for b in self.systems():
            b.run('import sys\nsys.is_other = True')
            self.assertEqual(b.run(MOUNT + 'import fleet.engine, kit\nresult = fleet.engine.value, kit.size', sent=sent), (9, 8))
        for b in self.systems(pythons()[:1]):
            self.assertEqual(b.run('import sys\nsys.is_other = True\n' + MOUNT + 'import fleet.engine\nresult = fleet.engine.value', sent=replaced), -9)

    def test_a_package_that_is_unmet_on_a_travels_with_what_is_in_it(self):
        """What its modules import need not be here either."""
        sys.path.insert(0, self.folder({'gpu/__init__.py': '', 'gpu/kernel.py': 'import cuda\nfrom . import low\n', 'gpu/low.py': 'import cuda.low\n'}))
        pyembed.require('gpu', modules='fleet.checks:has_radar')
        for objects in ('gpu.kernel', 'gpu.*'):
            with self.subTest(objects):
                sent = self.build(objects)
                self.assertEqual(self.modules, ['fleet', 'fleet.checks', 'gpu', 'gpu.kernel', 'gpu.low'])
                self.assertEqual(bundle.read(sent).missing, [('cuda', 'gpu.kernel', 1), ('cuda', 'gpu.low', 1)])

    def test_a_pair_in_a_package_that_is_not_there(self):
        place = self.folder({'drafts/engine.py': 'from fleet import late\nvalue = 1\n\n\ndef run():\n    return value\n\n\ndef stop():\n    from fleet import helper\n'})
        sent = self.build('yard.engine:run', sources={'yard.engine': f'{place}/drafts/engine.py'})
        self.assertEqual(self.modules, ['fleet', 'fleet.late', 'yard', 'yard.engine'])
        for b in self.systems():
            found = b.run(MOUNT + 'import yard.engine\nresult = yard.engine.run(), yard.engine.__file__', sent=sent)
            self.assertEqual(found, (1, os.path.join(b.folder, '.pyembed', *place.strip('/').split('/'), 'drafts', 'yard', 'engine.py')))

    def test_pairs_that_are_wrong(self):
        place = self.folder({'binary.pyd': b'\0', 'fine.py': ''})
        for sources, text in [({'fleet.engine': f'{place}/nowhere.py'}, f'fleet.engine: its source {place}/nowhere.py is no file; correct the path'),
                              ({'fleet engine': f'{place}/fine.py'}, "'fleet engine', for which the source"), ({'fleet.engine': place}, f'{place} is no file'),
                              ({'fleet.engine': f'{place}/binary.pyd'}, f'{place}/binary.pyd is no Python source')]:
            with self.subTest(text):
                self.assertIn(text, self.fails('fleet.work', sources=sources))

    def test_a_pair_travels_without_being_named(self):
        """Unless rules exclude it; one that only another version of Python can read travels too, and is said to be not read."""
        place = self.folder({'engine.py': 'from fleet import late\n', 'newer.py': 'from fleet import unused\ndef :\n'})
        sent = self.build('fleet.helper', sources={'fleet.engine': f'{place}/engine.py', 'fleet.newer': f'{place}/newer.py'})
        self.assertEqual(self.modules, ['fleet', 'fleet.engine', 'fleet.helper', 'fleet.late', 'fleet.newer'])
        self.assertEqual((bundle.read(sent).objects, bundle.read(sent).missing), (['fleet.helper'], [('(not read)', 'fleet.newer', 2)]))
        self.build('fleet.helper', 'exclude fleet.engine', 'exclude fleet.late', sources={'fleet.engine': f'{place}/engine.py'})
        self.assertEqual(self.modules, ['fleet', 'fleet.helper'])


def bundle_path(name):
    """The path in a bundle of a module of FILES."""
    path = name.replace('.', '/')
    return f'{path}/__init__.py' if f'{path}/__init__.py' in FILES else f'{path}.py'


if __name__ == '__main__':
    unittest.main()
