"""What travels in a bundle: what is found by following an object's code, definition by definition."""

import os
import sys
import unittest
import zipfile

import support
import pyembed
from pyembed import _bundle_format, bundle


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


class Places(support.TreeCase):
    """Modules travel from wherever they were found."""

    FILES = {'held/__init__.py': '', 'held/m.py': 'import pkgutil\n\ndef go():\n    from held.inner import leaf\n    return leaf.v, pkgutil.get_data("held", "d/x.txt")\n',
             'held/inner/leaf.py': 'v = 1\n', 'held/never.py': '', 'held/d/x.txt': 'hi'}

    def check(self, folder):
        import held.m
        manifest = bundle.read(bundle.build(held.m.go))
        self.assertEqual(list(manifest.modules), ['held', 'held.inner', 'held.inner.leaf', 'held.m'])
        self.assertEqual([tuple(entry) for entry in manifest.entries],
                         [(folder, 'app', ['held/__init__.py', 'held/d/x.txt', 'held/inner/leaf.py', 'held/m.py'])])

    def setUp(self):
        super().setUp()
        self.names.add('held')

    def test_from_a_zip(self):
        path = os.path.join(self.folder({}), 'a.zip')
        with zipfile.ZipFile(path, 'w') as file:
            file.writestr('held/inner/', '')
            for name, content in self.FILES.items():
                file.writestr(name, content)
        sys.path.insert(0, path)
        self.check(_bundle_format.entry_folder(path))

    def test_from_a_mounted_tree(self):
        self.check(_bundle_format.entry_folder(pyembed.mount(self.FILES)))

    def test_from_memory(self):
        pyembed.mount(self.FILES, 'memory://held')
        self.check('memory')


if __name__ == '__main__':
    unittest.main()
