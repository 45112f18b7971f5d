"""test_importlib/test_lazy.py: LazyLoader around the importer's loaders."""

from suites.loading import tests_of


def load(context):
    import pyembed
    from harness import trees
    from test.test_importlib import test_lazy as module

    class TreeImporter(module.TestingImporter):
        """Executes the module out of a tree of its source."""

        def exec_module(self, target):
            root = context.mounter.mount({f'{self.module_name}.py': self.source_code.encode()})
            try:
                loader = trees.folder_at(root).find_spec(self.module_name).loader
                if target.__name__ == self.module_name:
                    loader.exec_module(target)
                else:                   # a loader of one file refuses other names, CPython's as well
                    exec(loader.get_code(self.module_name), vars(target))
            finally:
                pyembed.unmount(root)
            self.loaded = target
            self.load_count = getattr(self, 'load_count', 0) + 1

    module.TestingImporter = TreeImporter
    return tests_of(module.__name__)
