"""test_importlib/import_: what ``import`` does, with modules from trees in the place of the mocks."""

import sys

from suites.loading import exists, tests_of

NAMES = ('test___loader__', 'test___package__', 'test_api', 'test_caching', 'test_fromlist', 'test_meta_path', 'test_packages',
         'test_relative_imports')


def load(context):
    from harness import trees
    from test.test_importlib import util
    original = util.mock_spec

    class TreeSpec(original):
        """mock_spec with the modules in a tree: the specs and loaders are the importer's."""

        def __init__(self, *names, module_code={}):
            super().__init__(*names, module_code=module_code)
            files = {}
            for name in names:
                source = f'attr = {name!r}\nimport {__name__} as hooks\nhooks.run({id(self)}, __name__)\n'
                files[name.replace('.', '/') + '.py'] = source.encode()
            self._root = context.mounter.mount(files)
            sys.path.remove(self._root)     # the mock finds the modules, not sys.path
            _mocks[id(self)] = self

        def find_spec(self, fullname, path=None, target=None):
            if fullname not in self.modules:
                return None
            folder = self._root
            for name in fullname.split('.')[:-1]:
                folder = f'{folder}/{name}'
            return trees.folder_at(folder).find_spec(fullname)

    util.mock_spec = TreeSpec
    folder = 'test.test_importlib.import_'
    return tests_of(*[f'{folder}.{name}' for name in NAMES if exists(f'{folder}.{name}')])


_mocks = {}


def run(mock, name):
    """Called by the modules of the trees: what the test wants to be in the module, and to happen while it executes."""
    mock = _mocks[mock]
    module, wanted = sys.modules[name], mock.modules[name]
    if getattr(wanted, '__path__', None) not in (None, ['<mock __path__>']):
        module.__path__ = wanted.__path__
    vars(module).update((key, value) for key, value in vars(wanted).items() if not key.startswith('_') and key != 'attr')
    mock.modules[name] = module
    if '__all__' in vars(wanted):
        module.__all__ = wanted.__all__
    if name in mock.module_code:
        mock.module_code[name]()
