"""The code cache is pruned with what was extracted: by age, by size, by use."""

import os
import time
import unittest
import unittest.mock

from storesupport import posix_only
from test_code_cache import CodeCacheCase

from pyembed import _pruning


@posix_only
class PruningTest(CodeCacheCase):
    def test_by_age(self):
        store = self.store()
        self.compiled(store)
        old, = os.listdir(store)
        lock = os.path.join(store, old, '.pyembed', 'lock')
        when = time.time() - 31 * 86400
        os.utime(lock, (when, when))
        self.compiled(store, name='other')
        self.assertEqual([name.partition('.')[0] for name in os.listdir(store)], ['other'])

    def test_use_makes_young(self):
        store = self.store()
        self.compiled(store)
        lock = os.path.join(store, os.listdir(store)[0], '.pyembed', 'lock')
        when = time.time() - 31 * 86400
        os.utime(lock, (when, when))
        self.assertEqual(self.compiled(store), '[]')
        self.assertLess(time.time() - os.stat(lock).st_mtime, 3600)

    def test_by_size_with_what_is_extracted(self):
        store = self.store()
        self.compiled(store)
        size = sum(map(os.path.getsize, self.segments(store)))
        lock = os.path.join(store, os.listdir(store)[0], '.pyembed', 'lock')
        when = time.time() - 2 * 86400
        for limit, left in ((size, 1), (size - 1, 0)):
            os.utime(lock, (when, when))
            with unittest.mock.patch.object(_pruning, 'LIMIT', limit):
                _pruning.prune(store)
            self.assertEqual(len(os.listdir(store)), left)


if __name__ == '__main__':
    unittest.main()
