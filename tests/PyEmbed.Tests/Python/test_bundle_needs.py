"""What travels in a bundle: what is found by following an object's code, definition by definition."""

import sys
import unittest

import support                                                                              # noqa: F401: the package under test
from pyembed import bundle


class NeedsCase(support.TreeCase):
    """A test that bundles what lies in a folder on sys.path."""

    def build(self, files, objects, rules=(), **options):
        """The manifest of a bundle of objects, given as names."""
        place = self.folder(files)
        sys.path.insert(0, place)
        return bundle.read(bundle.build(objects, rules, **options))

    def modules(self, files, objects, rules=(), **options):
        return sorted(self.build(files, objects, rules, **options).modules)


class Following(NeedsCase):

    def test_modules_that_are_not_used_stay(self):
        files = {f'many/m{i}.py': f'def f():\n    from many import m{i + 1}\n    return m{i + 1}.f\n' for i in range(500)}
        files.update({'many/__init__.py': '', 'many/start.py': 'from many.helper import used\n\ndef go():\n    return used()\n',
                      'many/helper.py': 'def used():\n    return 1\n\ndef unused():\n    from many import m1\n    return m1.f()\n'})
        self.assertEqual(self.modules(files, 'many.start:go'), ['many', 'many.helper', 'many.start'])

    def test_an_import_in_a_function_counts_where_the_function_is_used(self):
        files = {'infun.py': 'def a():\n    import infun_b\n    return infun_b.x\n\ndef c():\n    import infun_d\n', 'infun_b.py': 'x = 1\n',
                 'infun_d.py': ''}
        self.assertEqual(self.modules(files, 'infun:a'), ['infun', 'infun_b'])
        self.assertEqual(self.modules(files, 'infun'), ['infun', 'infun_b', 'infun_d'])


if __name__ == '__main__':
    unittest.main()
