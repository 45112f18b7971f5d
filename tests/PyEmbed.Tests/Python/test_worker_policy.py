"""Workers of multiprocessing under an import policy: they have their parent's, and its order of resolution."""

import os
import tempfile
import unittest

import support
import test_registry
from policysupport import run
from test_workers import METHODS

# A program that a host runs; what workers do is in a module, since no file is the program's.
_BEFORE = '''
pyembed.mount({{'app.py': {app!r}, 'secretmod.py': 'S = 42', 'colorsys.py': 'shadow = 1', 'lib/__init__.py': '', 'lib/inner.py': ''}})
'''
_APP = '''
import os, sys

def rule(name):
    """The rule that denies a module; 'allowed', or what else is wrong with it."""
    try:
        __import__(name)
    except ImportError as error:
        return getattr(error, 'rule', None) or str(error).partition(';')[0]
    return 'allowed'

def rules(*names):
    return [rule(name) for name in names], os.getpid()

def is_shadowed():
    import colorsys
    return hasattr(colorsys, 'shadow')

def path():
    return list(sys.path)

def from_folder(folder, name):
    sys.path.append(folder)
    return rule(name)

def nested(method, queue, *names):
    import multiprocessing
    with multiprocessing.get_context(method).Pool(1) as pool:
        queue.put(pool.apply(rules, names))

class Early:
    """Imports as soon as a worker makes an object of it, which is what came of that."""
    def __reduce__(self):
        return rule, ('secretmod',)

def name_of_process(queue):
    import multiprocessing
    queue.put(multiprocessing.current_process().name)
'''
_START = '''
import multiprocessing, os, app
context = multiprocessing.get_context({method!r})
names = {names!r}
'''
_POOL = '''
with context.Pool(1) as pool:
    rules, process = pool.apply(app.rules, names)
print(rules == app.rules(*names)[0] and process != os.getpid(), rules)
'''


def setUpModule():
    test_registry.setUpModule()


class WorkerPolicyTests(unittest.TestCase):

    def prints(self, expected, code, names=(), *, methods=METHODS, **options):
        for method in methods:
            with self.subTest(method), tempfile.TemporaryDirectory() as cache:
                before = f'import os; os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = {cache!r}\n' + _BEFORE.format(app=_APP)
                exit_code, output, errors = run(_START.format(method=method, names=names) + code, **{'before': before, **options})
                self.assertEqual((expected + '\n', ''), (output, errors))

    def test_a_pool_has_it(self):
        self.prints("""True ["Deny names 'secretmod'", "Deny names 'lib.inner'", 'allowed', 'allowed']""", _POOL, ('secretmod', 'lib.inner', 'lib', 'socket'),
                    deny=['secretmod', 'lib.inner'])
        self.prints("True ['allowed', 'allowed']", _POOL, ('secretmod', 'lib.inner'), deny=['other'])

    def test_an_executor_has_it(self):
        self.prints("[\"Deny names 'secretmod'\"]", '''
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(1, context) as executor:
    print(executor.submit(app.rules, 'secretmod').result()[0])
''', deny=['secretmod'])

    def test_an_allow_list_and_the_powerful_modules_go_with_it(self):
        self.prints("True ['Allow does not name it', 'allowed', 'Allow does not name it']", _POOL, ('lib', 'secretmod', 'json'),
                    allow=['app', 'os', 'sys', 'multiprocessing', 'secretmod'])
        restricted = {'restricted': True, 'allow': ['*', 'app', 'os', 'sys', 'multiprocessing']}
        self.prints("True ['allowed', \"'socket' is a powerful module (sockets: connects and listens), and Allow does not name it\", 'allowed']", _POOL,
                    ('secretmod', 'socket', 'json'), **restricted)

    def test_workers_of_workers_have_it(self):
        self.prints("[\"Deny names 'secretmod'\"]", '''
queue = context.Queue()
process = context.Process(target=app.nested, args=({method!r}, queue, 'secretmod'))
process.start()
print(queue.get(timeout=60)[0])
process.join()
'''.replace('{method!r}', 'context.get_start_method()'), deny=['secretmod'])

    @unittest.skipUnless('forkserver' in METHODS, 'there is no fork server')
    def test_what_a_fork_server_preloads_is_governed(self):
        code = '''
context.set_forkserver_preload(['secretmod', 'lib'])
with context.Pool(1) as pool:
    print(pool.apply(eval, ("'secretmod' in __import__('sys').modules, 'lib' in __import__('sys').modules",)))
'''
        self.prints('(False, True)', code, methods=['forkserver'], deny=['secretmod'])
        self.prints('(True, True)', code, methods=['forkserver'], deny=['other'])

    def test_it_applies_before_any_other_object_is_made(self):
        code = '''
queue = context.Queue()
process = context.Process(target=app.name_of_process, args=(queue,))
process._name = app.Early()
process.start()
print(queue.get(timeout=60))
process.join()
'''
        self.prints("Deny names 'secretmod'", code, deny=['secretmod'])
        self.prints('allowed', code, deny=['other'])

    def test_the_order_of_resolution_goes_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'on_disk.py'), 'w') as stream:
                stream.write('')
            code = f'''
with context.Pool(1) as pool:
    print(pool.apply(app.is_shadowed), pool.apply(app.path) == sys.path, pool.apply(app.from_folder, ({folder!r}, 'on_disk')))
'''
            for method in METHODS:
                for files, printed in (False, "False True No module named 'on_disk'"), (True, 'False True allowed'):
                    with self.subTest(method, files=files):
                        start = f'_registry.install({files})\nimport sys' + _BEFORE.format(app=_APP) + _START.format(method=method, names=())
                        self.assertEqual([printed], test_registry.run(start + code))

    def test_without_a_policy_nothing_of_it_is_imported(self):
        done = support.run_python('import multiprocessing, pyembed\npyembed.mount({"m.py": ""})\nwith multiprocessing.get_context("spawn").Pool(1) as pool: '
                                  'print(pool.apply(eval, ("[n for n in __import__(\'sys\').modules if n in (\'pyembed._policy\', \'pyembed._registry\', \'pyembed._rules\')]",)))')
        self.assertEqual('[]\n', done.stdout)


if __name__ == '__main__':
    unittest.main()
