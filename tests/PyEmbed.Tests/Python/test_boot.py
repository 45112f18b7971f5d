"""The host's side of docs/formats.md section 4: the importer started from its own tree."""

import os
import unittest

import support

HOST = r'''
import sys, os, types
sys.path.remove({package!r})
names, files = {names!r}, {{}}
for name in names:
    files['pyembed/' + name] = open(os.path.join({package!r}, 'pyembed', name), 'rb').read()
# What a host does: it compiles the importer, registers the module, runs it.
module = types.ModuleType('pyembed._importer')
sys.modules[module.__name__] = module
exec(compile(files['pyembed/_importer.py'], 'pyembed/_importer.py', 'exec'), module.__dict__)
'''


def package_files():
    folder = os.path.join(support.PACKAGE, 'pyembed')
    files = {}
    for name in os.listdir(folder):
        if name.endswith('.py'):
            with open(os.path.join(folder, name), 'rb') as file:
                files[f'pyembed/{name}'] = file.read()
    return files


class BootTest(unittest.TestCase):
    def run_host(self, code, tree=None, compiled=support.with_bytecode, **options):
        place = support.tempfile.mkdtemp(dir=support.CACHE)
        self.addCleanup(support.shutil.rmtree, place)
        own = os.path.join(place, 'own.zip')
        with open(own, 'wb') as file:
            file.write(support.archive(compiled(package_files()), 'pyembed', placement='library'))
        other = os.path.join(place, 'other.zip')
        with open(other, 'wb') as file:
            file.write(support.archive(support.with_bytecode(tree or {'host_mod.py': 'x = 1'}), 'host'))
        host = (HOST.format(package=support.PACKAGE, names=[name.partition('/')[2] for name in package_files()])
                + f'own = memoryview(open({own!r}, "rb").read())\nother = memoryview(open({other!r}, "rb").read())\n'
                + f'place = {place!r}\n')
        return support.run_python(host + code, **options).stdout

    def test_boot_makes_the_package_importable(self):
        out = self.run_host('module.boot(own, os.path.join(place, "store"))\n'
                            'import pyembed\n'
                            'print(pyembed._importer is module, pyembed.__file__, module.__file__,'
                            ' module.__spec__.name, module.__package__, module.__loader__ is module.__spec__.loader)\n'
                            'print(os.path.exists(os.path.join(place, "store")))')
        first, second = out.splitlines()
        same, file, own_file, name, package, loader = first.split()
        self.assertEqual((same, name, package, loader), ('True', 'pyembed._importer', 'pyembed', 'True'))
        self.assertTrue(file.endswith(os.path.join('pyembed', '__init__.py')), file)
        self.assertEqual(os.path.dirname(file), os.path.dirname(own_file))
        self.assertEqual(second, 'False')

    def test_boot_counts_once(self):
        out = self.run_host('module.boot(own); module.boot(own); module.boot()\n'
                            'import pyembed._finders as f\nprint(sys.path_hooks.count(f.path_hook), sys.meta_path.count(f.Finder),'
                            ' len(module.mounts()))')
        self.assertEqual(out.split(), ['1', '1', '1'])

    def test_its_own_modules_are_kept_too(self):
        """Where the importer's tree has no bytecode for this Python, only what reads the code cache is compiled again."""
        place = support.tempfile.mkdtemp(dir=support.CACHE)
        self.addCleanup(support.shutil.rmtree, place)
        code = (f'store = {os.path.join(place, "store")!r}\nimport builtins\ncompiled, compile_ = [], compile\n'
                'def counted(source, path, *args, **options):\n'
                '    if str(path).startswith(store):\n        compiled.append(os.path.basename(path))\n'
                '    return compile_(source, path, *args, **options)\n'
                'builtins.compile, sys.dont_write_bytecode = counted, WRITES\n'
                'module.boot(own, store)\nmodule.mount_view(other, "Other.dll")\nimport host_mod, pyembed\n'
                'print(*sorted(compiled))')
        first, = {self.run_host(code.replace('WRITES', 'True'), compiled=dict) for _ in range(2)}
        self.assertFalse(os.path.exists(os.path.join(place, 'store')))
        self.assertLessEqual({'_adapters.py', '_finders.py', '_loaders.py', '__init__.py', '_mounts.py'}, set(first.split()))
        code = code.replace('WRITES', 'False')
        self.assertEqual(self.run_host(code, compiled=dict), first)
        for _ in range(2):
            self.assertEqual(self.run_host(code, compiled=dict).split(), ['_code_cache.py', '_records.py'])

    def test_trees_mount_with_sys_path_blanked(self):
        out = self.run_host('module.boot(own)\n'
                            'del sys.path[:]\n'
                            'module.mount_view(other, "Other.dll!PyEmbed/host.zip")\n'
                            'import host_mod, pyembed._report\n'
                            'print(host_mod.x, module.report()["mounts"][1]["modules"])')
        self.assertEqual(out.strip(), "1 ['host_mod']")

    def test_boot_without_site_imports_no_more_than_it_needs(self):
        out = self.run_host('before = set(sys.modules)\nmodule.boot(own)\n'
                            'module.mount_view(other, "other")\nimport host_mod\n'
                            'print(*sorted(set(sys.modules) - before), "linecache" in before)')
        *names, has_linecache = out.split()     # 3.13 has it from its own start with -c; its adapter then is at work
        self.assertLessEqual(set(names), {'zlib', 'host_mod', 'pwd', 'pyembed', 'pyembed._adapters', 'pyembed._finders', 'pyembed._loaders',
                                          'pyembed._mounts', *(['pyembed._tools'] if has_linecache == 'True' else [])})


if __name__ == '__main__':
    unittest.main()
