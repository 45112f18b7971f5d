"""Values between two systems: what dumps() and loads() make of exceptions, of types of other versions, and of what cannot travel."""

import pickle
import sys
import threading
import unittest

from support import TreeCase
from systems import Failed, System, others, pythons
from pyembed import bundle
from pyembed.bundle import BundleError, RemoteTraceback, dumps, loads

FILES = {'faults/__init__.py': '', 'faults/core.py': '''
class Fault(Exception):
    def __init__(self, place, count=0):
        super().__init__(place, count)
        self.place = place


class Stated(Exception):
    def __getstate__(self):
        return {'kept': 1}

    def __reduce__(self):
        return Stated, self.args, self.__getstate__()

    def __setstate__(self, state):
        self.seen = state


class Missing(Exception):
    def __init__(self, place, *, reason):
        super().__init__(f'{place}: {reason}')
        self.place = place


class Strict(OSError):
    def __new__(cls, number, text, place):
        return super().__new__(cls, number, f'{text} at {place}')

    def __init__(self, number, text, place):
        super().__init__(number, f'{text} at {place}')
        self.place = place


class Answer(Exception):
    def __init__(self, response):
        super().__init__('no ' + response.strip())


class Several(Strict):
    pass


def inner(place):
    raise KeyError(place)  # the inner line


def outer(place):
    try:
        inner(place)
    except KeyError as error:
        raise Fault(place, 3) from error  # the outer line


def catch(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return error
'''}


def caught(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return error


class ExceptionTest(TreeCase):
    def setUp(self):
        super().setUp()
        self.mount(FILES)
        from faults import core
        self.core = core

    def there_and_back(self, value):
        return loads(dumps(value))

    def test_the_traceback_travels_as_text(self):
        error = self.there_and_back(self.core.catch(self.core.outer, 'x'))
        self.assertIs(type(error), self.core.Fault)
        self.assertEqual((error.args, error.place, error.__traceback__), (('x', 3), 'x', None))
        self.assertIs(type(error.__cause__), RemoteTraceback)
        text = str(error.__cause__)
        for line in ('raise KeyError(place)  # the inner line', 'raise Fault(place, 3) from error  # the outer line', "KeyError: 'x'",
                     'direct cause', "faults.core.Fault: ('x', 3)"):
            self.assertIn(line, text)
        self.assertTrue(text.startswith('\n"""\nTraceback (most recent call last):\n'), text)
        import traceback
        shown = ''.join(traceback.format_exception(type(error), error, None))
        self.assertIn('# the inner line', shown)

    def test_passed_on_it_stays_as_it_is(self):
        error = self.there_and_back(self.core.catch(self.core.outer, 'x'))
        again = self.there_and_back(error)
        self.assertEqual(str(again.__cause__), str(error.__cause__))

    def test_raised_again_it_has_both(self):
        def fail(error):
            raise error     # raised again

        error = self.there_and_back(self.core.catch(self.core.outer, 'x'))
        again = self.there_and_back(caught(fail, error))
        text = str(again.__cause__)
        self.assertIn('# the inner line', text)
        self.assertIn('# raised again', text)
        self.assertEqual(text.count('# the inner line'), 1)

    def test_one_that_was_never_raised_has_none(self):
        self.assertIsNone(self.there_and_back(ValueError('x')).__cause__)
        error = ValueError('x')
        error.__cause__ = self.core.catch(self.core.inner, 'y')
        self.assertIn('# the inner line', str(self.there_and_back(error).__cause__))

    def test_anywhere_in_a_value(self):
        error = self.core.catch(self.core.inner, 'x')
        error.self = error
        found = self.there_and_back({'all': [error, (error,)], 'one': error})
        self.assertIs(found['one'], found['all'][0])
        self.assertIs(found['one'], found['all'][1][0])
        self.assertIs(found['one'].self, found['one'])
        self.assertIn('# the inner line', str(found['one'].__cause__))

    def test_state_of_its_own(self):
        def fail():
            raise self.core.Stated('x')

        error = self.there_and_back(caught(fail))
        self.assertEqual((error.args, error.seen), (('x',), {'kept': 1}))
        self.assertIn('raise self.core.Stated', str(error.__cause__))

    def test_those_made_of_something_else_than_their_args(self):
        def fail(error):
            raise error     # raised here

        for made in (self.core.Missing('x', reason='gone'), self.core.Strict(5, 'cannot', 'x'), self.core.Several(2, 'cannot', 'x'), self.core.Answer(' tea ')):
            for error in (made, caught(fail, made)):
                with self.subTest(error):
                    found = self.there_and_back(self.there_and_back(error))
                    self.assertEqual((type(found), str(found), found.args, vars(found)), (type(error), str(error), error.args, vars(error)))
                    self.assertEqual(getattr(found, 'errno', None), getattr(error, 'errno', None))
                    self.assertEqual('raised here' in str(found.__cause__), error.__traceback__ is not None)
            made.__traceback__ = None

    def test_the_errors_of_python_itself(self):
        for error in (caught(open, '/nowhere/at/all'), caught(b'\xff'.decode, 'ascii'), caught(compile, 'a b', 'file', 'exec'), caught(__import__, 'nowhere_at_all'),
                      caught(sys.exit, 3)):
            with self.subTest(error):
                found = self.there_and_back(error)
                self.assertEqual((type(found), str(found), found.args), (type(error), str(error), error.args))
                self.assertIn('Traceback', str(found.__cause__))
        self.assertEqual(self.there_and_back(caught(sys.exit, 3)).code, 3)

    @unittest.skipIf(sys.version_info < (3, 11), 'ExceptionGroup is of CPython 3.11')
    def test_groups(self):
        def fail():
            raise ExceptionGroup('all', [self.core.catch(self.core.inner, 'x'), ValueError(1)])    # noqa: F821

        found = self.there_and_back(caught(fail))
        self.assertIn('# the inner line', str(found.exceptions[0].__cause__))
        self.assertIn('raise ExceptionGroup', str(found.__cause__))

    def test_plain_pickle_reads_it(self):
        found = pickle.loads(dumps([1, self.core.catch(self.core.inner, 'x')]))
        self.assertIn('# the inner line', str(found[1].__cause__))
        self.assertEqual(loads(pickle.dumps({'a': self.core.Fault}, 2)), {'a': self.core.Fault})
        self.assertEqual(str(pickle.loads(pickle.dumps(found[1].__cause__))), str(found[1].__cause__))


class ValueTest(TreeCase):
    def test_the_protocol_is_one_that_all_have(self):
        self.assertEqual(dumps(1)[:2], b'\x80\x04')
        self.assertEqual(sys.modules['pyembed.bundle'].RemoteTraceback.__module__, 'pyembed.bundle')

    def test_types_between_versions(self):
        """Also those that a newer CPython keeps in a private module of which older ones know nothing."""
        script = '''
import collections, datetime, decimal, enum, fractions, pathlib, re, uuid
from pyembed.bundle import dumps, loads
found = loads(sent) if sent else None
values = [pathlib.PurePosixPath('a/b'), datetime.datetime(2020, 1, 2), decimal.Decimal('1.5'), fractions.Fraction(1, 3), collections.OrderedDict(a=1),
          re.compile('a+'), uuid.UUID(int=5), {1, 2}, frozenset([3]), 1 + 2j, 'x' * 300, b'y' * 300, bytearray(b'z'), range(3), collections.Counter('aab')]
result = dumps(values) if not sent else found == values
'''
        for python in others():
            with self.subTest(python), System(pythons()[0]) as a, System(python) as b:
                self.assertTrue(b.run(script, sent=a.run(script, sent=b'')))
                self.assertTrue(a.run(script, sent=b.run(script, sent=b'')))

    def test_what_no_other_system_finds(self):
        def nested():
            pass

        class Nested:
            pass

        for value, text in ((lambda: 1, 'lambda'), (nested, 'defined in a function'), (Nested(), 'defined in a function'), ([{'a': Nested}], 'defined in a function')):
            with self.subTest(text), self.assertRaises(BundleError) as caught_error:
                dumps(value)
            self.assertIn(text, str(caught_error.exception))
        with System(pythons()[0]) as system, self.assertRaises(Failed) as failed:
            system.run('import sys, types\nmain = types.ModuleType("__main__")\nsys.modules["__main__"] = main\nexec("class Own: pass", vars(main))\n'
                       'from pyembed.bundle import dumps\ndumps(main.Own())')
        self.assertEqual(failed.exception.kind, 'BundleError')
        self.assertIn('__main__', failed.exception.text)

    def test_what_cannot_be_pickled(self):
        with self.assertRaisesRegex(TypeError, "cannot pickle '_thread.lock' object"):
            dumps([threading.Lock()])

    def test_bytes_that_are_cut_off_or_none(self):
        data = dumps([1, 'x' * 1000])
        for cut in (data[:len(data) // 2], data[:-1], b'', b'no pickle', b'\x80\xff', b'\x80\x09.', b'I9x\n.', b'\x80\x04\x8c\x01\xff.'):
            with self.subTest(cut[:9]), self.assertRaisesRegex(BundleError, f'the {len(cut)} bytes are no whole pickle'):
                loads(cut)

    def test_a_value_error_of_a_module_stays(self):
        self.mount({'strict.py': 'def make():\n    raise ValueError("not so")\n'})
        with self.assertRaisesRegex(ValueError, '^not so$') as caught_error:
            loads(b'cstrict\nmake\n)R.')
        self.assertIs(type(caught_error.exception), ValueError)

    def test_what_this_system_does_not_have(self):
        for data, text in [(b'cnowhere.at_all\nThing\n.', 'the value names nowhere.at_all:Thing, and this system has no module nowhere: mount the bundle'),
                           (b'cos\nnothing\n.', 'the value names os:nothing, which the module os of this system does not have'),
                           (b'cos._private\nnothing\n.', 'this system has no module os._private')]:
            with self.subTest(text), self.assertRaises(BundleError) as caught_error:
                loads(data)
            self.assertIn(text, str(caught_error.exception))

    def test_what_importing_it_raises_stays(self):
        self.mount({'faulty/__init__.py': 'import nowhere_at_all\n', 'faulty_too.py': 'import os\nos.nothing\n'})
        with self.assertRaises(ModuleNotFoundError) as caught_error:
            loads(b'cfaulty\nThing\n.')
        self.assertEqual(caught_error.exception.name, 'nowhere_at_all')
        with self.assertRaises(AttributeError) as caught_error:
            loads(b'cfaulty_too\nThing\n.')
        self.assertNotIsInstance(caught_error.exception, BundleError)

    def test_the_module_has_what_it_says(self):
        for name in ('dumps', 'loads', 'RemoteTraceback', 'BundleError'):
            self.assertIn(name, bundle.__all__)
            self.assertTrue(hasattr(bundle, name))


if __name__ == '__main__':
    unittest.main()
