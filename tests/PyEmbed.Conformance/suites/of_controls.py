"""Not CPython's: what the harness itself must see. Run by tests/PyEmbed.Tests/Python/test_conformance.py."""

import importlib
import os
import unittest
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

from suites.loading import tests_of_classes


def load(context):
    if context.mode != 'nothing':
        context.mirror_areas()

    class ControlTest(unittest.TestCase):
        def setUp(self):
            with open('control.py', 'w', encoding='utf-8') as file:
                file.write('answer = 42\n')

        def test_from_a_tree(self):
            if context.mode != 'nothing':
                import sys
                sys.path.insert(0, os.getcwd())
                self.assertEqual(importlib.import_module('control').answer, 42)
                self.assertTrue(type(sys.modules['control'].__loader__).__module__.startswith('pyembed.'))

        def test_from_disk(self):
            if context.mode == 'source':
                self.assertIsNotNone(FileFinder(os.getcwd(), (SourceFileLoader, SOURCE_SUFFIXES)).find_spec('control'))

        def test_subtests(self):
            for number in range(2):
                with self.subTest(number):
                    self.assertNotEqual((context.mode, number), ('source', 0))

        def test_that_ends_the_process(self):
            if context.mode == 'crash':
                os._exit(3)

        @unittest.skip('to be skipped')
        def test_skipped(self):
            pass

    ControlTest.__qualname__ = 'ControlTest'
    return tests_of_classes(ControlTest)
