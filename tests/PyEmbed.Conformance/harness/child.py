"""Runs one suite in this process and writes its results: ``child.py SUITE MODE SCRATCH RESULT``.

The same under plain ``python3`` and as a module that a .NET process runs: there ``pyembed`` is the embedded one.
"""

import importlib
import importlib.metadata       # 3.13's PathFinder needs it to invalidate caches, which tests do with sys.path blanked
import json
import os
import sys
import tempfile
import time
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Context:
    """What an adapter works with."""

    def __init__(self, mode, scratch):
        from harness.mirror import Mirror
        from harness.trees import Mounter
        self.mode = mode
        self.scratch = scratch
        self.mounter = Mounter(mode)
        self._mirror = Mirror
        self.mirror = None

    def mirror_areas(self, *areas, zips=False):
        """Serve what lies below these folders, and below the scratch folder, from trees; returns the mirror."""
        self.mirror = self._mirror(self.mounter, [self.scratch, *areas], zips)
        self.mirror.install()
        return self.mirror

    def embed_package(self, name, wanted=lambda path: True):
        """Mount the files of a package on disk that are *wanted* (paths relative to it), so that modules and resources of it
        come from a tree. What is not wanted is imported from disk, as are the packages above it."""
        from harness import trees
        package = importlib.import_module(name)
        prefix = name.replace('.', '/') + '/'
        files = {prefix + path: content for path, content in trees.read_folder(package.__path__[0]).items()
                 if '__pycache__' not in path and wanted(path)}
        root = self.mounter.mount(files)
        if f'{prefix}__init__.py' in files and '.' not in name:
            del sys.modules[name]       # so that it is imported from the tree, with what that extracts
            rest, package = package.__path__, importlib.import_module(name)
            package.__path__.extend(rest)
            for loaded in [loaded for loaded in sys.modules if loaded.startswith(f'{name}.')]:
                setattr(package, loaded[len(name) + 1:].partition('.')[0], sys.modules['.'.join(loaded.split('.')[:2])])
        else:
            package.__path__.insert(0, os.path.join(root, *prefix.strip('/').split('/')))
        sys.path.remove(root)           # the package's own path leads there


class Result(unittest.TestResult):
    """Collects outcomes by test id; a test with a failed subtest has failed."""

    def __init__(self, context, progress):
        super().__init__()
        self.passed, self.failed, self.skips = [], {}, {}
        self.seconds = {}
        self._context = context
        self._progress = progress

    def startTest(self, test):
        super().startTest(test)
        self._progress.seek(0)
        self._progress.truncate()
        self._progress.write(test.id())
        self._progress.flush()
        self._started = time.monotonic()

    def stopTest(self, test):
        name = test.id()
        self.seconds[name] = time.monotonic() - self._started
        mirror = self._context.mirror
        if mirror is not None and mirror.leaks:
            self.failed[name] = f'harness: served from disk: {"; ".join(mirror.leaks)}'
            mirror.leaks.clear()
        if name not in self.failed and name not in self.skips:
            self.passed.append(name)
        super().stopTest(test)

    def _fail(self, test, error):
        name = test.id()
        text = ''.join(traceback.format_exception(*error))
        self.failed[name] = self.failed[name] + '\n' + text if name in self.failed else text

    def addError(self, test, error):
        self._fail(test, error)

    def addFailure(self, test, error):
        self._fail(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._fail(test, error)

    def addSkip(self, test, reason):
        self.skips[test.id()] = reason

    def addExpectedFailure(self, test, error):
        pass

    def addUnexpectedSuccess(self, test):
        self.failed[test.id()] = 'marked as an expected failure, but it passed'


def main(suite, mode, scratch, result_path):
    scratch = os.path.realpath(scratch)
    os.chdir(scratch)
    sys.dont_write_bytecode = bool(os.environ.get('PYTHONDONTWRITEBYTECODE'))   # which CPython in a .NET process ignores
    tempfile.tempdir = scratch
    if HERE in sys.path:                # where this file is the program
        sys.path.remove(HERE)
    sys.path.insert(0, os.path.dirname(HERE))
    context = Context(mode, scratch)
    from test import support
    support.use_resources = ()          # regrtest's default: no network, nothing that is huge or takes minutes
    adapter = importlib.import_module(f'suites.{suite}')
    sys.path.remove(os.path.dirname(HERE))      # adapters and harness are all there is in it
    sys.argv = ['python -m unittest']
    from harness import served
    count = served.count()
    with open(result_path + '.current', 'w', encoding='utf-8') as progress:
        result = Result(context, progress)
        adapter.load(context).run(result)
    with open(result_path, 'w', encoding='utf-8') as file:
        json.dump({'passed': result.passed, 'failed': result.failed, 'skipped': result.skips,
                   'served': count(), 'python': sys.version.split()[0],
                   'slowest': sorted(result.seconds.items(), key=lambda item: -item[1])[:5]}, file)
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
