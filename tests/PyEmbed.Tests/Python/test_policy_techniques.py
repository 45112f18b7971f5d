"""Each technique of import_techniques fails for a denied module, works for an allowed one, and works for both without a policy."""

import json
import tempfile
import unittest

import import_techniques
from policysupport import run
from pyembed._powerful import POWERFUL

_BEFORE = '''
import import_techniques
import_techniques.write({folder!r})
for tree in import_techniques.trees(): pyembed.mount(tree)
sys.path.append({folder!r})
'''
_IN_MEMORY = '''
import import_techniques, support, pyembed._resources     # where the package is not in a tree it cannot be found later on
import_techniques.write({folder!r})
for number, tree in enumerate(import_techniques.trees()):
    pyembed._importer.mount_view(memoryview(support.archive(tree, f'tree{{number}}')), f'memory:/{{number}}', None, False)
'''


def results(before=_BEFORE, files=True, standard=False, **policy):
    """What comes of every technique under a policy, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        code, output, errors = run(f'import sys; sys.modules["import_techniques"].main({folder!r}, {standard})', before=before.format(folder=folder),
                                   folder=folder if files else None, files=files, **policy)
    if code:
        raise AssertionError(errors)
    return json.loads(output)


class TechniqueTests(unittest.TestCase):

    def check_stopped(self, result):
        self.assertFalse(result['gained'], result)
        self.assertTrue(result['rule'] or result['late'], result)

    def check_works(self, result):
        self.assertEqual((True, None), (result['gained'], result['error'] or result['rule'] or None), result)

    def check(self, found):
        """Denied names are stopped, allowed ones are not."""
        self.assertGreaterEqual(len({result['title'] for result in found if result['kind'] == 'v'}), 100)
        for result in found:
            with self.subTest(result['title'], kind=result['kind']):
                (self.check_stopped if result['kind'] == 'v' else self.check_works)(result)

    def test_every_technique_is_stopped_by_a_deny_list_and_works_for_what_is_allowed(self):
        self.check(results(deny=import_techniques.denied()))

    def test_every_technique_is_stopped_by_an_allow_list_and_works_for_what_it_names(self):
        found = results(restricted=True, allow=import_techniques.allowed(POWERFUL))
        # An allow list that names the other name allows the module by that.
        self.check([result for result in found if not result['only_by_deny'] and result['title'] != 'cached module, by another name'])

    def test_every_technique_is_stopped_where_its_target_is_a_powerful_module_and_works_for_what_is_none(self):
        allow, targets = import_techniques.only_by_powerful(POWERFUL)
        found = results(restricted=True, allow=allow, powerful=targets)
        self.check([result for result in found if not result['only_by_deny']])

    def test_techniques_are_stopped_for_a_powerful_module_where_nothing_is_said(self):
        allowed = {result['title'] for result in results(standard=True, policy=False) if result['gained'] and not result['error']}
        found = [result for result in results(standard=True, restricted=True) if result['title'] in allowed]
        for result in found:
            with self.subTest(result['title']):
                self.check_stopped(result)
        named = [result['title'] for result in found if result['by'] and result['by'][0] == 'webbrowser']
        self.assertGreaterEqual(len(named), 40, found)      # the others need a powerful module to begin with

    def test_every_technique_is_stopped_where_modules_come_from_memory_only(self):
        for result in results(_IN_MEMORY, files=False, deny=import_techniques.denied()):
            with self.subTest(result['title'], kind=result['kind']):
                if result['kind'] == 'v' or result['disk']:         # what lies on disk is no module then, whatever its name
                    self.assertFalse(result['gained'], result)
                elif result['title'] != 'spec_from_file_location':  # the origin of a module in memory is no file's
                    self.check_works(result)

    def test_every_technique_works_without_a_policy(self):
        found = results(policy=False)
        self.assertEqual({'v', 'a'}, {result['kind'] for result in found})
        for result in found:
            with self.subTest(result['title'], kind=result['kind']):
                self.check_works(result)


if __name__ == '__main__':
    unittest.main()
