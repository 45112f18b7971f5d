"""The harness of tests/PyEmbed.Conformance: what it must call a failure."""

import json
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'PyEmbed.Conformance'))
from harness import expectations, processes                                                                 # noqa: E402
from suites.registry import Suite                                                                           # noqa: E402

HAS_SUITES = True
try:
    import test.support                                                                                     # noqa: F401
except ImportError:
    HAS_SUITES = False      # a Python without its own tests

ENTRY = {'suite': 'suite', 'pythons': '3.10-3.12', 'tests': ['Case.test_bad'], 'asserts': 'the text', 'reason': 'why'}


def outcome(passed=('m.Case.test_good',), failed=None, skipped=None, served=1, ended=None):
    return {'passed': list(passed), 'failed': failed or {}, 'skipped': skipped or {}, 'served': served, 'ended': ended}


class JudgeTest(unittest.TestCase):
    def judge(self, found, python='3.11.7', entries=(ENTRY,), floors=None, mode='source'):
        with tempfile.TemporaryDirectory() as folder:
            known, floor = os.path.join(folder, 'known.json'), os.path.join(folder, 'floors.json')
            for path, content in ((known, list(entries)), (floor, floors or {})):
                with open(path, 'w', encoding='utf-8') as file:
                    json.dump(content, file)
            return expectations.judge('suite', 'suite', mode, python, found, expectations.KnownFailures(known),
                                      expectations.Floors(floor))

    def test_known_failure_is_no_problem(self):
        row, problems = self.judge(outcome(failed={'m.Case.test_bad': 'Traceback: the text'}))
        self.assertEqual(problems, [])
        self.assertEqual(row, {'suite': 'suite', 'python': '3.11.7', 'run': 2, 'passed': 1, 'skipped': 0,
                               'failed': [{'test': 'm.Case.test_bad', 'reason': 'known: why'}]})

    def test_new_failure(self):
        _, problems = self.judge(outcome(failed={'m.Case.test_bad': 'the text', 'm.Other.test_bad': 'x\nnew'}))
        self.assertEqual(problems, [('m.Other.test_bad', 'new')])

    def test_known_failure_for_another_reason(self):
        _, problems = self.judge(outcome(failed={'m.Case.test_bad': 'something else'}))
        self.assertIn('fails elsewhere than the list says', problems[0][1])

    def test_known_failure_that_passes_is_skipped_or_is_gone(self):
        for found, words in ((outcome(passed=['m.Case.test_bad']), 'does not fail'),
                             (outcome(skipped={'m.Case.test_bad': ''}), 'does not fail'), (outcome(), 'does not exist')):
            with self.subTest(words):
                _, problems = self.judge(found)
                self.assertEqual(len(problems), 1)
                self.assertIn(words, problems[0][1])

    def test_concerns_only_the_pythons_and_modes_named(self):
        for pythons, concerned in (('3.10-3.12', True), ('3.9', False), ('3.11', True), ('3.12+', False), ('3.9+', True),
                                   ('3.11.7', True), ('3.11.2', False), ('3.9, 3.11', True), ('3.9-3.10', False)):
            with self.subTest(pythons):
                _, problems = self.judge(outcome(), entries=[{**ENTRY, 'pythons': pythons}])
                self.assertEqual(bool(problems), concerned)
        self.assertEqual(self.judge(outcome(), entries=[{**ENTRY, 'modes': ['files']}])[1], [])
        self.assertNotEqual(self.judge(outcome(), entries=[{**ENTRY, 'modes': ['files']}], mode='files')[1], [])

    def test_what_the_superuser_skips(self):
        for root in (True, False):
            with self.subTest(root), unittest.mock.patch.object(expectations, '_is_root', lambda: root):
                self.assertEqual(bool(self.judge(outcome(), entries=[{**ENTRY, 'root': False}])[1]), not root)

    def test_fewer_tests_than_measured(self):
        for python, problem in (('3.11.7', True), ('3.11.9', True), ('3.11.1', False), ('3.12.0', False)):
            with self.subTest(python):
                _, problems = self.judge(outcome(), python, (), {'suite': {'3.11.7': 2, '3.11.2': 1}})
                self.assertEqual(bool(problems), problem)

    def test_skipping_takes_the_place_of_few_passes(self):
        for passed, skipped, problem in ((20, 0, False), (18, 2, False), (18, 1, True), (17, 3, True)):
            with self.subTest(passed=passed, skipped=skipped):
                found = outcome([f'm.Case.test_{number}' for number in range(passed)], skipped={f's{n}': '' for n in range(skipped)})
                _, problems = self.judge(found, entries=(), floors={'suite': {'3.11.7': 20}})
                self.assertEqual(bool(problems), problem)

    def test_nothing_served_and_nothing_run(self):
        self.assertEqual(self.judge(outcome(served=0), entries=())[1], [('suite', 'the importer served nothing')])
        self.assertEqual(len(self.judge(outcome(passed=()), entries=())[1]), 1)

    def test_a_broken_run_is_one_problem(self):
        _, problems = self.judge(outcome(passed=(), failed={'m.Case.test_last': 'exit code 3'}, served=0, ended='exit code 3'))
        self.assertEqual(problems, [('m.Case.test_last', 'exit code 3')])

    def test_bad_entry(self):
        with self.assertRaisesRegex(SystemExit, 'missing .*reason'):
            self.judge(outcome(), entries=[{name: value for name, value in ENTRY.items() if name != 'reason'}])


@unittest.skipUnless(HAS_SUITES, 'this Python has no test package')
class ChildTest(unittest.TestCase):
    def run_controls(self, mode):
        found = processes.run_suite(processes.Interpreter(sys.executable), Suite('controls'), mode)
        found['failed'] = {name.rpartition('.')[2]: text for name, text in found['failed'].items()}
        return found

    def test_leaks_and_subtests_fail(self):
        found = self.run_controls('source')
        self.assertIsNone(found['ended'], found)
        self.assertEqual(sorted(found['failed']), ['test_from_disk', 'test_subtests'], found)
        self.assertIn('served from disk: control', found['failed']['test_from_disk'])
        self.assertEqual(sorted(name.rpartition('.')[2] for name in found['passed']),
                         ['test_from_a_tree', 'test_that_ends_the_process'])
        self.assertEqual(list(found['skipped'].values()), ['to be skipped'])
        self.assertGreater(found['served'], 0)

    def test_a_run_that_never_reaches_the_importer_shows(self):
        self.assertEqual(self.run_controls('nothing')['served'], 0)

    def test_a_process_that_ends_names_its_test(self):
        found = self.run_controls('crash')
        self.assertEqual((found['ended'], list(found['failed'])), ('exit code 3', ['test_that_ends_the_process']))


if __name__ == '__main__':
    unittest.main()
