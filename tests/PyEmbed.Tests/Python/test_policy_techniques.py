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


class TechniqueTests(unittest.TestCase):

    def results(self, deny):
        with tempfile.TemporaryDirectory() as folder:
            code, output, errors = run(f'import import_techniques; import_techniques.main({folder!r})', deny=deny, before=_BEFORE.format(folder=folder),
                                       folder=folder)
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

    def test_every_technique_works_without_a_policy(self):
        for result in self.results(['nothing']):
            with self.subTest(result['title'], kind=result['kind']):
                self.assertEqual((True, None), (result['gained'], result['error'] or result['rule'] or None), result)


if __name__ == '__main__':
    unittest.main()
