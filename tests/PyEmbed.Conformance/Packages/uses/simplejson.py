"""JSON with decimals, big numbers, raw parts, streams; the C and the Python implementation."""

import decimal
import io
import collections

import simplejson
import simplejson.decoder
import simplejson.encoder
import simplejson.errors
import simplejson.raw_json
import simplejson.scanner
import simplejson.compat
import simplejson._speedups
import simplejson.tests
import simplejson.tool

data = {"a": decimal.Decimal("1.10"), "b": [1, None, True, 1e300], "c": "ä\u2028</", "d": simplejson.raw_json.RawJSON("[1]")}
print(simplejson.dumps(data), simplejson.dumps(data, ensure_ascii=False, indent="  ", sort_keys=True), sep="\n")
print(simplejson.loads('{"a": 1.10, "b": {"c": [1]}}', use_decimal=True, object_pairs_hook=collections.OrderedDict))
print(simplejson.dumps(iter([1, 2]), iterable_as_array=True), simplejson.dumps(2 ** 60, bigint_as_string=True), simplejson.dumps({1: 2, (1,): 3}, skipkeys=True))
print("".join(simplejson.JSONEncoderForHTML().iterencode("<a & b>")), simplejson.encoder.c_make_encoder is not None, simplejson.scanner.c_make_scanner is not None)
Pair = collections.namedtuple("Pair", "x y")
print(simplejson.dumps(Pair(1, 2)), simplejson.dumps(Pair(1, 2), namedtuple_as_object=False), simplejson.load(io.StringIO("[1]")))
for text in ("[1,", '{"a" 1}', "nul"):
    try:
        simplejson.loads(text)
    except simplejson.errors.JSONDecodeError as error:
        print(error, error.pos)
