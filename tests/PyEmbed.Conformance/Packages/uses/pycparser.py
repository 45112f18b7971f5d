"""C parsed with the grammar tables of the package, walked, written back, errors with their place."""

import io
import os

import pycparser
from pycparser import _ast_gen, ast_transforms, c_ast, c_generator, c_lexer, c_parser, plyparser

source = """
typedef struct node { int value; struct node *next; } node_t;
enum color { RED, GREEN = 3 };
static int sum(const node_t *list, int (*f)(int)) {
    int total = 0;
    for (; list; list = list->next) {
        switch (list->value) { case 1: total += f(1); break; default: total -= sizeof(int); }
    }
    return total ? total : -1;
}
"""
tree = c_parser.CParser().parse(source, "x.c")
print(c_generator.CGenerator().visit(tree))


class Calls(c_ast.NodeVisitor):
    def visit_FuncCall(self, node):
        print(node.name.name, node.coord.line)

    def visit_Decl(self, node):
        print("declares", node.name, type(node.type).__name__)
        self.generic_visit(node)


Calls().visit(tree)
for bad in ("int x = ;", "int @;"):
    try:
        c_parser.CParser().parse(bad, "bad.c")
    except plyparser.ParseError as error:
        print(error)
print(len(c_lexer.CLexer.keywords), issubclass(c_parser.CParser, plyparser.PLYParser))

# The package's own description of its nodes, which it installs beside its code.
if os.path.exists(os.path.join(os.path.dirname(pycparser.__file__), "_c_ast.cfg")):
    generated = io.StringIO()
    _ast_gen.ASTCodeGenerator(os.path.join(os.path.dirname(pycparser.__file__), "_c_ast.cfg")).generate(generated)
    print(generated.getvalue().count("class "))
print(ast_transforms.fix_switch_cases(c_ast.Switch(c_ast.ID("x"), c_ast.Compound([]))).cond.name)
