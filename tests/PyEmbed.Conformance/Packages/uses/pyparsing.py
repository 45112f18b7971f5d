"""Grammars: arithmetic with precedence, nested lists, named results, columns of errors, tests of a grammar, a diagram's text."""

import pyparsing as pp
from pyparsing import common, helpers, pyparsing_test, pyparsing_unicode

integer = pp.common.integer
expression = pp.infix_notation(integer, [("-", 1, pp.OpAssoc.RIGHT), (pp.one_of("* /"), 2, pp.OpAssoc.LEFT), (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT)])
print(expression.parse_string("1+2*(3-4)*-5", parse_all=True).as_list(), pp.nested_expr().parse_string("(a (b c) d)").as_list())
record = pp.Group(pp.Word(pp.alphas)("name") + pp.Suppress(":") + pp.delimited_list(integer)("values"))
print([(found.name, found["values"].as_list()) for found in pp.OneOrMore(record).parse_string("a: 1, 2 b: 3")])
for bad in ("1 + ", "(1", "x"):
    try:
        expression.parse_string(bad, parse_all=True)
    except pp.ParseException as error:
        print(error.lineno, error.column, error.explain(depth=0))
print(record.run_tests(["a: 1", "b"], print_results=False, full_dump=False, comment="#", failure_tests=False)[0])
print(pp.common.iso8601_date.parse_string("2020-01-02"), pp.common.ipv4_address.search_string("at 10.0.0.1 now"), pp.QuotedString("'", esc_char="\\").parse_string(r"'a\'b'"))
print(helpers.make_html_tags("a")[0].parse_string('<a href="x">').href, pp.Word(pyparsing_unicode.Greek.alphas).parse_string("αβγ"), pyparsing_test.with_line_numbers("a\nb"))
print(pp.Regex(r"(?P<y>\d+)-(?P<m>\d+)").parse_string("2020-05").as_dict(), integer.copy().set_parse_action(lambda tokens: tokens[0] * 2).transform_string("a 2 b"))
