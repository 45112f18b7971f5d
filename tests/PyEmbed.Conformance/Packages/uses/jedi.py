"""Code completed, looked up and renamed, with the stubs that the package carries; its parser used alone."""

import jedi
import parso

code = '''
import collections
class A:
    """Doc of A."""
    def method(self, x: int) -> str:
        return str(x)
a = A()
a.met
collections.Coun
"".joi
def f(p): return a.method(p).upper()
f(1).
'''
script = jedi.Script(code, path="example.py", environment=jedi.InterpreterEnvironment())
for line, column in ((8, 5), (9, 16), (10, 6)):
    print([(found.name, found.type) for found in script.complete(line, column)])
print([(found.name, found.type, found.docstring()) for found in script.infer(7, 4)], [name.name for name in script.get_names()])
print([signature.to_string() for signature in jedi.Script("import json\njson.dumps(", environment=jedi.InterpreterEnvironment()).get_signatures()][0][:60])
print([found.name for found in jedi.Interpreter("value.up", [{"value": "x"}]).complete()])
print([(ref.line, ref.column) for ref in script.get_references(7, 0)])
tree = parso.parse("def f(:\n  pass\n", version="3.9")
grammar = parso.load_grammar(version="3.9")
print([error.message for error in grammar.iter_errors(tree)], tree.get_code() == "def f(:\n  pass\n", tree.children[0].type)
