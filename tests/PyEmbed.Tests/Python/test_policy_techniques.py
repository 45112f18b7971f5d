"""Each technique of import_techniques fails for a denied module, and works for an allowed one and without a policy."""

import json
import tempfile
import unittest

import import_techniques
from policysupport import run

_BEFORE = '''
import import_techniques
import_techniques.write({folder!r})
for tree in import_techniques.trees(): pyembed.mount(tree)
sys.path.append({folder!r})
'''


_IN_MEMORY = '''
import import_techniques, support
import_techniques.write({folder!r})
for number, tree in enumerate(import_techniques.trees()):
    pyembed._importer.mount_view(memoryview(support.archive(tree, f'tree{{number}}')), f'memory:/{{number}}', None, False)
'''


class TechniqueTests(unittest.TestCase):

    def results(self, deny, before=_BEFORE, files=True):
        with tempfile.TemporaryDirectory() as folder:
            code, output, errors = run('import sys; sys.modules["import_techniques"].main(%r)' % folder, deny=deny, before=before.format(folder=folder),
                                       folder=folder if files else None, files=files)
        self.assertEqual(0, code, errors)
        return json.loads(output)

    def test_every_technique_is_stopped_and_works_for_what_is_allowed(self):
        results = self.results(import_techniques.denied())
        self.assertGreaterEqual(len({result['title'] for result in results}), 40)
        for result in results:
            with self.subTest(result['title'], kind=result['kind']):
                if result['kind'] == 'v':
                    self.assertFalse(result['gained'], result)
                    self.assertTrue(result['rule'] or result['late'], result)
                else:
                    self.assertEqual((True, None), (result['gained'], result['error'] or result['rule'] or None), result)

    def test_every_technique_is_stopped_where_modules_come_from_memory_only(self):
        for result in self.results(import_techniques.denied(), _IN_MEMORY, files=False):
            with self.subTest(result['title'], kind=result['kind']):
                if result['kind'] == 'v' or result['disk']:         # what lies on disk is no module then, whatever its name
                    self.assertFalse(result['gained'], result)
                elif result['title'] != 'spec_from_file_location':  # the origin of a module in memory is no file's
                    self.assertEqual((True, None), (result['gained'], result['error'] or result['rule'] or None), result)

    def test_every_technique_works_without_a_policy(self):
        for result in self.results(['nothing']):
            with self.subTest(result['title'], kind=result['kind']):
                self.assertEqual((True, None), (result['gained'], result['error'] or result['rule'] or None), result)


if __name__ == '__main__':
    unittest.main()
