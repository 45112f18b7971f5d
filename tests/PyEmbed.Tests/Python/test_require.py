"""Requirements of modules: when they are asked for, and what an import says and leaves behind where they are not met."""

import importlib
import importlib.util
import io
import pickle
import pkgutil
import runpy
import sys
import threading
import unittest
import zipfile
from contextlib import redirect_stdout

import policysupport
import pyembed
from pyembed import _require, _searched
from pyembed._require import PlaceholderLoader, Requirements
from support import TreeCase, run_python

FILES = {
    'req/__init__.py': '',
    'req/checks.py': 'asked = []\nmet = False\n\ndef is_met():\n    asked.append(1)\n    return met\n\n\ndef fails():\n    raise OSError("no such tool")\n\n\n'
                     'class Checks:\n    @classmethod\n    def of_class(cls):\n        return met\n\n\ndef imports_it():\n    import req.win\n    return True\n',
    'req/win.py': '"""Only there."""\nran = True\n',
    'req/user.py': 'try:\n    from req import win\nexcept ImportError:\n    win = None\n',
    'req/tools/__init__.py': 'from . import deep\n',
    'req/tools/deep.py': 'value = 3\n',
    'req/main.py': 'print("ran", __name__)\n',
}


class RequirementCase(TreeCase):
    def setUp(self):
        super().setUp()
        own, bundles = dict(_require._own), list(_require._of_bundles)

        def restore():
            _require._own.clear()
            _require._own.update(own)
            _require._of_bundles[:] = bundles
            _require._put_in_force()

        self.addCleanup(restore)

    def fails(self, name='req.win'):
        with self.assertRaises(pyembed.RequirementError) as caught:
            importlib.import_module(name)
        self.assertNotIn(name, sys.modules)
        return caught.exception


class ImportTest(RequirementCase):
    def test_unmet_and_then_met(self):
        self.mount(FILES)
        pyembed.require('req.win', system='req.checks:is_met')
        self.assertNotIn('req', sys.modules)
        error = self.fails()
        self.assertEqual(str(error), f'req.win cannot be imported on this system ({sys.platform}, CPython {sys.version.split()[0].rstrip("+")}): '
                                     'its requirement req.checks:is_met (system) is not met')
        self.assertEqual((error.name, error.requirement, error.kind, error.origins), ('req.win', 'req.checks:is_met', 'system', ()))
        self.assertIsNone(error.__cause__)
        import req.checks as checks
        self.assertFalse(hasattr(sys.modules['req'], 'win'))
        self.assertEqual(checks.asked, [1])
        self.fails()
        self.assertEqual(checks.asked, [1, 1])
        checks.met = True
        import req.win as win
        import req.win                                                                              # noqa: F811
        self.assertEqual(checks.asked, [1, 1, 1])
        import req.tools
        self.assertIs(win.__loader__, win.__spec__.loader)
        self.assertIs(type(win.__loader__), type(req.tools.__loader__))
        self.assertTrue(win.ran)

    def test_code_that_can_do_without(self):
        self.mount(FILES)
        pyembed.require('req.win', system=lambda: False)
        import req.user
        self.assertIsNone(req.user.win)

    def test_both_kinds_count(self):
        self.mount(FILES)
        answers = {'system': True, 'modules': False}
        pyembed.require('req.win', lambda: answers['system'])
        pyembed.require('req.win', modules=lambda: answers['modules'])
        self.assertEqual(self.fails().kind, 'modules')
        answers['system'] = False
        self.assertEqual(self.fails().kind, 'system')
        answers.update(system='yes', modules=1)
        importlib.import_module('req.win')

    def test_a_further_call_replaces(self):
        self.mount(FILES)
        pyembed.require('req.win', lambda: False)
        pyembed.require('req.win', lambda: True)
        importlib.import_module('req.win')

    def test_a_package_with_all_in_it(self):
        self.mount(FILES)
        pyembed.require('req.tools', lambda: False)
        with self.assertRaises(pyembed.RequirementError) as caught:
            import req.tools.deep                                                                   # noqa: F401
        self.assertEqual(caught.exception.name, 'req.tools')
        pyembed.require('req.tools', lambda: True)
        import req.tools.deep
        self.assertEqual(req.tools.__path__, [req.tools.__file__[:-len('__init__.py') - 1]])

    def test_a_module_that_is_not_there(self):
        self.mount(FILES)
        pyembed.require('req.nowhere', lambda: False)
        self.fails('req.nowhere')
        pyembed.require('req.nowhere', lambda: True)
        with self.assertRaises(ModuleNotFoundError) as caught:
            import req.nowhere                                                                      # noqa: F401
        self.assertEqual((str(caught.exception), caught.exception.name), ("No module named 'req.nowhere'", 'req.nowhere'))
        self.assertNotIn('req.nowhere', sys.modules)

    def test_the_source_can_be_read_all_the_same(self):
        self.mount(FILES)
        pyembed.require('req.win', lambda: False)
        spec = importlib.util.find_spec('req.win')
        self.assertIs(type(spec.loader), PlaceholderLoader)
        self.assertEqual(spec.loader.get_source('req.win'), FILES['req/win.py'])
        self.assertEqual(spec.loader.get_data(spec.origin), FILES['req/win.py'].encode())
        self.assertFalse(spec.loader.is_package('req.win'))
        with self.assertRaises(AttributeError):
            spec.loader.nothing
        self.assertIs(type(pickle.loads(pickle.dumps(PlaceholderLoader(None, _require.Requirement('req.win', 'a:b'))))), PlaceholderLoader)
        self.assertIn('win', [module.name for module in pkgutil.iter_modules(sys.modules['req'].__path__)])

    def test_modules_that_are_not_ours(self):
        """From a folder, a zip (whose loader has load_module() only on CPython 3.9), a namespace, and the standard library."""
        folder = self.folder({'req_disk.py': 'value = 1\n', 'req_space/part.py': 'value = 2\n'})
        archive = f'{folder}/modules.zip'
        with zipfile.ZipFile(archive, 'w') as file:
            file.writestr('req_zip.py', 'value = 3\n')
        self.names.add('req_zip')
        sys.path[:0] = [folder, archive]
        met = False
        sys.modules.pop('colorsys', None)
        for name in ('req_disk', 'req_zip', 'req_space', 'req_space.part', 'colorsys'):
            with self.subTest(name):
                met = False
                pyembed.require(name, lambda: met)
                self.fails(name)
                met = True
                module = importlib.import_module(name)
                self.assertIsNot(type(module.__loader__), PlaceholderLoader)
                self.assertIs(sys.modules[name], module)
                met = False
                with self.assertRaises(pyembed.RequirementError):
                    importlib.reload(module)
                met = True
                self.assertIs(importlib.reload(module), module)
        self.assertEqual(sys.modules['req_zip'].value, 3)

    def test_running_it(self):
        self.mount(FILES)
        pyembed.require('req.main', lambda: False)
        with self.assertRaises(ImportError) as caught:
            runpy.run_module('req.main')
        self.assertIn('req.main cannot be imported', str(caught.exception))
        pyembed.require('req.main', lambda: True)
        with redirect_stdout(io.StringIO()):
            self.assertEqual(runpy.run_module('req.main')['__name__'], 'req.main')

    def test_threads(self):
        self.mount(FILES)
        started, release = threading.Event(), threading.Event()

        def slow():
            started.set()
            release.wait(60)
            return True

        pyembed.require('req.win', slow)
        done = []

        def other():
            started.wait(60)
            importlib.import_module('req.tools.deep')       # while the requirement is asked for: importlib's lock is free
            done.append(True)
            release.set()

        self.run_threads(lambda: importlib.import_module('req.win'), other, lambda: importlib.import_module('req.win'))
        self.assertEqual(done, [True])


class AskingTest(RequirementCase):
    def test_one_that_raises(self):
        self.mount(FILES)
        pyembed.require('req.win', modules='req.checks:fails')
        error = self.fails()
        self.assertTrue(str(error).endswith('asking for its requirement req.checks:fails (modules) has failed: OSError: no such tool'), error)
        self.assertIsInstance(error.__cause__, OSError)

    def test_one_that_ends_the_program_has_failed_and_one_that_is_interrupted_goes_through(self):
        self.mount(FILES)
        pyembed.require('req.win', system=sys.exit)
        error = self.fails()
        self.assertIn('SystemExit', str(error))
        self.assertIsInstance(error.__cause__, SystemExit)

        def interrupted():
            raise KeyboardInterrupt
        pyembed.require('req.win', system=interrupted)
        with self.assertRaises(KeyboardInterrupt):
            importlib.import_module('req.win')

    def test_one_that_is_not_there(self):
        self.mount(FILES)
        for reference, cause in ('req.checks:nothing', AttributeError), ('req.nothing:check', ModuleNotFoundError):
            pyembed.require('req.win', reference)
            error = self.fails()
            self.assertIn(reference, str(error))
            self.assertIs(type(error.__cause__), cause)

    def test_one_that_imports_the_module(self):
        self.mount(FILES)
        pyembed.require('req.win', 'req.checks:imports_it')
        self.assertIn('while its own requirement req.checks:imports_it (system) is asked for', str(self.fails()))

    def test_interrupts_pass(self):
        self.mount(FILES)

        def interrupted():
            raise KeyboardInterrupt

        pyembed.require('req.win', interrupted)
        with self.assertRaises(KeyboardInterrupt):
            import req.win                                                                          # noqa: F401
        self.assertNotIn('req.win', sys.modules)

    def test_bad_arguments(self):
        for arguments, error, text in [
                ((b'req',), TypeError, 'the full name of a module, not bytes'),
                (('req win', len), ValueError, "'req win' is not the full name of a module"),
                (('.req', len), ValueError, "'.req' is not the full name of a module"),
                (('req',), ValueError, "nothing is required for 'req'"),
                (('req', 3), TypeError, "system must be a callable without arguments, or its name, 'module:function', not int"),
                (('req', None, 'checks.is_met'), ValueError, "modules must be a callable without arguments, or its name, 'module:function', not 'checks.is_met'"),
                (('req', 'checks:'), ValueError, 'system must be')]:
            with self.subTest(arguments), self.assertRaises(error) as caught:
                pyembed.require(*arguments)
            self.assertIn(text, str(caught.exception))
        self.assertNotIn(Requirements, sys.meta_path)

    def test_the_error_travels(self):
        self.mount(FILES)
        pyembed.require('req.win', lambda: False)
        error = self.fails()
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(copy), str(copy), copy.name, copy.requirement, copy.kind), (type(error), str(error), 'req.win', error.requirement, 'system'))


class FinderTest(RequirementCase):
    def test_there_is_none_without_requirements(self):
        self.assertNotIn(Requirements, sys.meta_path)
        _require.add('req.win', 'req.checks:is_met', None)
        self.assertIs(sys.meta_path[0], Requirements)
        _require.add('req.other', None, 'req.checks:is_met')
        self.assertEqual(sys.meta_path.count(Requirements), 1)
        _require.remove('req.win', 'req.checks:is_met', None)
        self.assertIn(Requirements, sys.meta_path)
        _require.remove('req.other', None, 'req.checks:is_met')
        self.assertNotIn(Requirements, sys.meta_path)
        Requirements.invalidate_caches()

    def test_it_imports_nothing_by_itself(self):
        out = run_python('import pyembed; print("pyembed._require" in sys.modules, pyembed.RequirementError.__module__); from pyembed import *; print(require)').stdout
        self.assertTrue(out.startswith('False pyembed\n'), out)

    def test_bundles_and_the_process_itself(self):
        _require.add('req.win', 'a:first', None)
        _require.add('req.win', 'b:second', 'b:modules')
        pyembed.require('req.win', modules='own:modules')
        found = _require.requirements()['req.win']
        self.assertEqual((found.system, found.modules), ('b:second', 'own:modules'))
        self.assertEqual(found.references(), ('b:second', 'own:modules'))
        _require.remove('req.win', 'b:second', 'b:modules')
        found = _require.requirements()['req.win']
        self.assertEqual((found.system, found.modules), ('a:first', 'own:modules'))

    def test_it_is_no_place_that_was_searched(self):
        self.mount(FILES)
        pyembed.require('req.win', lambda: False)
        with self.assertRaises(ModuleNotFoundError) as caught:
            import req.absent                                                                       # noqa: F401
        self.assertTrue(_searched.of_error(caught.exception))
        self.assertFalse([origin for origin in _searched.tried('absent') if 'Requirements' in origin])


class PolicyTest(unittest.TestCase):
    """Where a policy applies and the registry goes first."""

    def test_asked_under_a_policy(self):
        script = '''
import pyembed
try:
    import req.win
except ImportError as error:
    print(type(error).__name__, error)
import req.checks
req.checks.met = True
import req.win
print(req.win.ran, type(req.win.__loader__).__name__)
try:
    import req.tools
except ImportError as error:
    print(type(error).__name__, type(error.__cause__).__name__, error.__cause__)
'''
        before = f'''
import pyembed
pyembed.mount({{**{FILES!r}, 'req/bad.py': 'def ask():\\n    import socket\\n    return True\\n'}}, 'memory://req')
pyembed.require('req.win', 'req.checks:is_met')
pyembed.require('req.tools', 'req.bad:ask')
pyembed.require('json', lambda: False)
'''
        code, out, errors = policysupport.run(script + 'import json\nprint(json.loads("[1]"))\n', restricted=True, allow=['req', 'pyembed', '*'], before=before, files=False)
        self.assertEqual(code, 0, errors)
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith('RequirementError req.win cannot be imported'), out)
        self.assertEqual(lines[1], 'True CachedLoader' if 'CachedLoader' in out else 'True SourceLoader')
        self.assertTrue(lines[2].startswith("RequirementError ImportError import of 'socket' is denied by the import policy"), out)
        self.assertEqual(lines[3], '[1]')

    def test_a_denied_module_is_denied_first(self):
        code, out, errors = policysupport.run('import req.win\n', deny=['req.win'], before=f'import pyembed\npyembed.mount({FILES!r})\npyembed.require("req.win", lambda: True)\n')
        self.assertEqual(code, 1, out)
        self.assertIn("import of 'req.win' is denied by the import policy: Deny names 'req.win'", errors)


if __name__ == '__main__':
    unittest.main()
