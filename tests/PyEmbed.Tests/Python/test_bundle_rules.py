"""The rules of bundles: the shared table, their text, what is refused, and where."""

import json
import os
import unittest

import support                                                          # noqa: F401: finds the package under test
from pyembed import _bundle_rules
from pyembed._bundle_format import BundleError
from pyembed._bundle_rules import Rules

with open(os.path.join(os.path.dirname(__file__), '..', '..', 'module-rules.json'), encoding='utf-8') as _file:
    TABLE = json.load(_file)


def included(rules, name):
    module, _, qualname = name.partition(':')
    return rules.for_object(module, qualname)[0]


class Table(unittest.TestCase):
    def test_the_cases_that_the_build_has_too(self):
        for case in TABLE['cases']:
            rules = Rules(case['rules'])
            for expected in True, False:
                for name in case['included' if expected else 'excluded']:
                    with self.subTest(case['name'], name=name):
                        self.assertIs(rules.for_module(name)[0], expected)

    def test_the_cases_that_only_bundles_have(self):
        for case in TABLE['bundle_cases']:
            found = Rules(case['rules'])
            dependencies = {rule: {tuple(name.partition(':')[::2]) for name in case['dependencies'][str(rule)]}
                            for rule in found.dependency_rules}
            self.assertEqual(len(dependencies), len(case.get('dependencies', ())), case['name'])
            rules = found.expanded(dependencies)
            for expected in True, False:
                for name in case['included' if expected else 'excluded']:
                    with self.subTest(case['name'], name=name):
                        self.assertIs(included(rules, name), expected)

    def test_what_is_no_rule_is_refused(self):
        for text in TABLE['bad'] + TABLE['bundle_bad']:
            with self.subTest(text), self.assertRaises(BundleError) as caught:
                Rules([text])
            self.assertIn(f'rule 1, {text!r}, ', str(caught.exception))

    def test_what_the_build_refuses_is_a_rule_here(self):
        self.assertEqual([str(_bundle_rules._parse('', text)) for text in TABLE['bundle_rules']], TABLE['bundle_rules'])


class Text(unittest.TestCase):
    def test_a_text_has_a_rule_a_line_and_comments(self):
        rules = Rules('# what B has\n\nexclude a   # by itself\r\n  include\ta:f  \n')
        self.assertEqual(rules.for_module('a'), (False, ('exclude', 'a', '')))
        self.assertEqual(rules.for_object('a', 'f'), (True, ('include', 'a', 'f')))
        self.assertEqual(rules.for_module('b'), (True, None))

    def test_actions_are_read_in_any_case_and_written_in_lower_case(self):
        self.assertEqual(str(Rules(['Recursive-Exclude a.B']).for_module('a.B.c')[1]), 'recursive-exclude a.B')
        self.assertEqual(str(Rules(['EXCLUDE-ALL']).for_module('a')[1]), 'exclude-all')

    def test_an_error_says_where_the_rule_stands_and_what_to_write(self):
        for rules, message in (
            ('exclude a\n\ndrop b', "line 3, 'drop b', has the action 'drop'; there are recursive-exclude, recursive-include, exclude, "
                                    'include, exclude-dependencies, exclude-all, include-all'),
            (['exclude a', ''], "rule 2, '', has no action; there are recursive-exclude"),
            (['exclude-all a'], "rule 1, 'exclude-all a', is about all modules and not about one; write 'exclude-all' alone"),
            (['exclude .'], "rule 1, 'exclude .', is about one module; name it, such as 'exclude package.module'"),
            (['exclude a-b'], "rule 1, 'exclude a-b', has no module's name; one is of the form 'package.module'"),
            (['exclude a:'], "rule 1, 'exclude a:', has no object's name; one is of the form 'package.module:function'"),
            (['exclude a:C.m'], "rule 1, 'exclude a:C.m', names what is in an object, which travels whole; write 'exclude a:C'"),
            (['recursive-include a:f'], "rule 1, 'recursive-include a:f', names an object, below which no module is; write 'include a:f'"),
            ([b'exclude a'], "rule 1 is a bytes and no str, such as 'exclude package.module'"),
        ):
            with self.subTest(rules), self.assertRaises(BundleError) as caught:
                Rules(rules)
            self.assertTrue(str(caught.exception).startswith(message), caught.exception)

    def test_a_huge_rule_is_not_repeated_whole(self):
        with self.assertRaises(BundleError) as caught:
            Rules(['exclude ' + '-' * 1_000_000])
        self.assertLess(len(str(caught.exception)), 300)


class Dependencies(unittest.TestCase):
    def test_rules_in_force_each_once(self):
        rules = Rules(['exclude-dependencies a', 'include-all', 'exclude-dependencies c', 'exclude-dependencies b:f', 'exclude-dependencies c'])
        self.assertEqual([str(rule) for rule in rules.dependency_rules], ['exclude-dependencies c', 'exclude-dependencies b:f'])

    def test_without_their_sets_such_rules_match_what_they_name(self):
        rules = Rules(['exclude-dependencies a'])
        self.assertFalse(rules.for_object('a', 'f')[0])
        self.assertTrue(rules.for_module('b')[0])
        expanded = rules.expanded({rules.dependency_rules[0]: {('b', '')}})
        self.assertFalse(expanded.for_module('b')[0])
        self.assertTrue(rules.for_module('b')[0], 'the rules themselves are as before')

    def test_the_same_rule_twice_counts_where_it_stands_last(self):
        rules = Rules(['exclude-dependencies a', 'include b', 'exclude-dependencies a'])
        self.assertFalse(rules.expanded({rules.dependency_rules[0]: {('b', '')}}).for_module('b')[0])


if __name__ == '__main__':
    unittest.main()
