"""The tests of bundles on B, once for every CPython that is found, each started without its site-packages."""

import os
import subprocess
import unittest

import support
import systems

_HERE = os.path.dirname(os.path.abspath(__file__))
_PROGRAM = f'''
import sys
sys.path[:0] = [{_HERE!r}]
import test_bundles, unittest
del test_bundles.PolicyTest, test_bundles.ProcessTest     # which start others, and take long
unittest.main(test_bundles, argv=["test"])
'''


class EveryPythonTest(unittest.TestCase):
    def test_on_every_python(self):
        for python in systems.pythons():
            with self.subTest(python):
                done = subprocess.run([python, '-I', '-S', '-W', 'error', '-c', _PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      stdin=subprocess.DEVNULL, encoding='utf-8', timeout=240, env={**os.environ, 'PYEMBED_TEST_PACKAGE': support.PACKAGE})
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stdout, r'Ran [3-9]\d tests')


if __name__ == '__main__':
    unittest.main()
