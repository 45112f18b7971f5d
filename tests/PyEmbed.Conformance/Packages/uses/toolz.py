"""Functions composed, curried; sequences grouped, joined, windowed; dictionaries merged."""

import pickle

import toolz
import toolz.curried
import toolz.sandbox
from toolz import dicttoolz, functoolz, itertoolz, recipes, utils
from toolz.curried import exceptions, operator

print(toolz.pipe(range(10), toolz.curried.filter(lambda n: n % 2), toolz.curried.map(lambda n: n * n), list))
print(toolz.compose(str, abs)(-3), toolz.juxt(min, max)([3, 1, 2]), toolz.thread_last([3, 1], sorted, list))
print(toolz.groupby(len, ["a", "bb", "c"]), toolz.frequencies("abca"), list(toolz.sliding_window(2, range(4))), list(toolz.partition_all(2, "abc")))
print(list(toolz.join(0, [(1, "a"), (2, "b")], 0, [(1, "x")])), toolz.topk(2, [4, 1, 3]), list(toolz.interleave([[1, 3], [2, 4]])))
print(dicttoolz.merge_with(sum, {"a": 1}, {"a": 2}), dicttoolz.update_in({"a": {"b": 1}}, ["a", "b"], str), dicttoolz.valmap(str, {"k": 1}))
print(toolz.curried.reduce(operator.add)([1, 2, 3]), list(recipes.partitionby(str.isalpha, "ab12c")), toolz.sandbox.unzip([(1, 2), (3, 4)])[0].__class__.__name__)
memo = functoolz.memoize(lambda n: print("once") or n)
print(memo(1), memo(1), pickle.loads(pickle.dumps(toolz.curry(pow, 2)))(5), functoolz.is_arity(1, lambda x: x), itertoolz.count("abc"), bool(utils.no_default))
