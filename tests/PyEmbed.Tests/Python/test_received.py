"""What a system's report says of bundles, and what another one takes from it."""

import json
import sys

from support import TreeCase
from test_require import FILES, RequirementCase
import pyembed
from pyembed import _bundle_format, bundle
from pyembed._received import Received

REPORT = {'received': {
    'python': '3.9.1', 'system': 'plan9', 'standard': ['abc', 'os'],
    'modules': {'pkg': 'aa', 'pkg.space': '', 'pkg.checks': 'cc'}, 'data': {'table': 'dd'},
    'requirements': {'pkg.win': {'system': ['pkg.checks:is_windows', False, None]},
                     'pkg.gpu': {'modules': ['pkg.checks:has_gpu', False, 'asking has failed']},
                     'pkg.fine': {'system': ['pkg.checks:is_windows', True, None]},
                     'pkg.by_itself': {'system': ['shutil:which', False, None]}},
}}


class ReceivedTest(TreeCase):
    def test_what_is_there(self):
        there = Received(json.loads(json.dumps(REPORT)))
        self.assertEqual((there.python, there.system, there.standard), ('3.9.1', 'plan9', {'abc', 'os'}))
        self.assertEqual([there.has(*item) for item in [('pkg', 'aa'), ('pkg', 'bb'), ('pkg.space', ''), ('other', '')]], [True, False, True, False])
        self.assertEqual([there.has_data(*item) for item in [('table', 'dd'), ('table', 'd'), ('chart', 'dd')]], [True, False, False])

    def test_what_it_refuses(self):
        there = Received(REPORT)
        digests = {'pkg.checks': 'cc'}
        self.assertTrue(there.refuses('pkg.win', ('pkg.checks:is_windows', None), digests.get))
        self.assertTrue(there.refuses('pkg.by_itself', ('shutil:which', None), digests.get))
        # Another function, or another source of it, may answer otherwise.
        self.assertFalse(there.refuses('pkg.win', ('pkg.checks:is_win', None), digests.get))
        self.assertFalse(there.refuses('pkg.win', (None, 'pkg.checks:is_windows'), digests.get))
        self.assertFalse(there.refuses('pkg.win', ('pkg.checks:is_windows', None), {'pkg.checks': 'new'}.get))
        # What could not be asked for may be there with the next bundle.
        self.assertFalse(there.refuses('pkg.gpu', (None, 'pkg.checks:has_gpu'), digests.get))
        self.assertFalse(there.refuses('pkg.fine', ('pkg.checks:is_windows', None), digests.get))
        self.assertFalse(there.refuses('pkg.none', ('pkg.checks:is_windows', None), digests.get))

    def test_what_is_no_report(self):
        received = REPORT['received']
        for report, text in [
                (None, "it has no part 'received'"), ([], "it has no part 'received'"), ({'mounts': []}, "it has no part 'received'"),
                ({'received': {**received, 'data': 3}}, "its part 'data' is damaged"),
                ({'received': {**received, 'modules': {'a': None}}}, "its part 'modules' is damaged"),
                ({'received': {**received, 'standard': 'abc'}}, None),
                ({'received': {**received, 'standard': {'a': 1}}}, "its part 'standard' is damaged"),
                ({'received': {**received, 'requirements': {'a': {'system': ['b', True]}}}}, "its part 'requirements' is damaged"),
                ({'received': {key: value for key, value in received.items() if key != 'python'}}, "its part 'python' is missing")]:
            with self.subTest(text), self.assertRaises(_bundle_format.BundleError) as caught:
                Received(report)
            self.assertIn(text or "its part 'standard' is damaged", str(caught.exception))


class ReportTest(RequirementCase):
    def test_of_a_system_that_has_received_nothing(self):
        found = json.loads(json.dumps(pyembed.report()))['received']
        self.assertEqual((found['python'], found['system']), ('{}.{}.{}'.format(*sys.version_info), sys.platform))
        self.assertEqual((found['modules'], found['data'], found['requirements']), ({}, {}, {}))
        self.assertLessEqual({'os', 'json', 'sqlite3', 'zlib'}, set(found['standard']))
        Received({'received': found})

    def test_requirements_are_asked_for(self):
        self.mount(FILES)
        pyembed.require('req.win', system='req.checks:is_met', modules=len)
        pyembed.require('req.tools', modules=lambda: True)
        found = pyembed.report()['received']['requirements']
        self.assertEqual(found['req.win']['system'], ('req.checks:is_met', False, None))
        self.assertEqual(found['req.win']['modules'][:2], ('builtins:len', False))
        self.assertIn('has failed: TypeError', found['req.win']['modules'][2])
        self.assertEqual(list(found['req.tools']), ['modules'])
        self.assertIs(found['req.tools']['modules'][1], True)
        self.assertNotIn('req.win', sys.modules)


class BuildTest(RequirementCase):
    """Bundles for a system whose report is known."""

    def setUp(self):
        super().setUp()
        sys.path.insert(0, self.folder({**FILES, 'req/space/part.py': '', 'req/all.py': 'import req.tools.deep, req.space.part\n'}))

    def report(self, **received):
        return {'received': {**pyembed.report()['received'], **received}}

    def build(self, objects, **options):
        manifest = bundle.read(bundle.build(objects, **options))
        return sorted(manifest.modules), manifest.left_out

    def test_what_is_there_stays_here(self):
        there = bundle.read(bundle.build('req.tools')).modules
        self.assertEqual(self.build('req.all', report=self.report(modules=there)),
                         (['req.all', 'req.space', 'req.space.part'], {'req': 'on B', 'req.tools': 'on B', 'req.tools.deep': 'on B'}))
        self.assertIn('req.tools', self.build('req.all', report=self.report(modules={**there, 'req.tools': 'another'}))[0])
        self.assertEqual(self.build('req.tools', report=self.report(modules=there))[0], [])

    def test_data_of_a_package_come_with_the_first_module_that_asks_for_them(self):
        sys.path.insert(0, self.folder({'asks/__init__.py': '', 'asks/table.txt': 'x', 'asks/reader.py': 'import pkgutil\nx = pkgutil.get_data("asks", "table.txt")\n',
                                        'asks/other.py': 'from . import reader\n'}))
        modules, files = {}, []
        for name in ('asks', 'asks.reader', 'asks.other'):
            manifest = bundle.read(bundle.build(name, report=self.report(modules=modules)))
            modules.update(manifest.modules)
            files.append([path for entry in manifest.entries for path in entry.files])
        self.assertEqual(files, [['asks/__init__.py'], ['asks/reader.py', 'asks/table.txt'], ['asks/other.py']])

    def test_what_is_refused_there_stays_here_with_what_only_that_needs(self):
        pyembed.require('req.tools', system='req.checks:is_met')
        answers = {'req.tools': {'system': ['req.checks:is_met', False, None]}}
        checks = bundle.read(bundle.build('req.checks')).modules
        self.assertEqual(self.build('req.all', report=self.report(modules=checks, requirements=answers)),
                         (['req.all', 'req.space', 'req.space.part'],
                          {'req': 'on B', 'req.tools': 'refused on B', 'req.tools.deep': 'refused on B'}))
        with self.assertRaises(bundle.BundleError) as caught:
            bundle.build('req.tools', report=self.report(modules=checks, requirements=answers))
        self.assertIn('req.tools is to be bundled, and what req.tools requires is not met on the other system', str(caught.exception))
        # The function has changed here since it answered there.
        self.assertIn('req.tools', self.build('req.all', report=self.report(modules={'req.checks': 'old'}, requirements=answers))[0])

    def test_a_lambda_is_no_requirement_that_travels(self):
        pyembed.require('req.tools', system=lambda: True)
        with self.assertRaises(bundle.BundleError) as caught:
            bundle.build('req.all')
        self.assertIn('req.tools cannot travel: its requirement <function', str(caught.exception))
        self.assertEqual(self.build('req.all', rules=['recursive-exclude req.tools'])[0], ['req', 'req.all', 'req.space', 'req.space.part'])
