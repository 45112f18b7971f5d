"""Code parsed to a tree, names inferred, with the package's own knowledge of libraries."""

import astroid
from astroid import nodes

module = astroid.parse('''
import collections, dataclasses, enum
class A:
    def f(self): return [1, "a"]
@dataclasses.dataclass
class D:
    n: int = 3
class E(enum.Enum):
    one = 1
N = collections.namedtuple("N", "x y")
a = A().f()[1]
b = D().n
c = E.one.value
d = N(1, 2).x
e = "{}-{}".format("p", 2)
f = sum([1, 2]) if a else None
def g(*, k=1, **rest): yield k
''', "m")
for name in "abce":
    print(name, [getattr(found, "value", found.__class__.__name__) for found in module[name].infer()])
print([type(node).__name__ for node in module.body], module["g"].args.as_string(), module["A"].mro()[0].name, [node.name for node in module.nodes_of_class(nodes.FunctionDef)])
print(astroid.extract_node("x = [n for n in range(3)]").as_string(), astroid.extract_node("1 + 2").inferred()[0].value)
print(module["D"].instantiate_class().getattr("n")[0].as_string() if module["D"].locals.get("n") else "", module.repr_tree(max_depth=1)[:40])
try:
    astroid.parse("def (:")
except astroid.AstroidSyntaxError as error:
    print(type(error).__name__)
