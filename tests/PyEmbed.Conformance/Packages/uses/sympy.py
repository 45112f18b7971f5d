"""Algebra: integrals, equations, matrices, series, printing in four ways, parsing, code generation, lambdify."""

import sympy as sp
from sympy.parsing.sympy_parser import parse_expr
from sympy.physics import units
from sympy.utilities.codegen import codegen

x, y, n = sp.symbols("x y n")
print(sp.integrate(sp.sin(x) ** 2, x), sp.diff(sp.exp(x * y), x, 2), sp.limit(sp.sin(x) / x, x, 0), sp.summation(n ** 2, (n, 1, 10)))
print(sp.solve(x ** 2 - 5 * x + 6), sp.solve([x + y - 3, x - y - 1]), sp.factor(x ** 4 - 1), sp.factorint(123456789))
print(sp.Matrix([[1, 2], [3, 4]]).eigenvals(), sp.Matrix([[1, 2], [3, 4]]).inv(), sp.series(sp.cos(x), x, 0, 6))
print(sp.dsolve(sp.Function("f")(x).diff(x) - sp.Function("f")(x)), sp.simplify(sp.sin(x) ** 2 + sp.cos(x) ** 2))
print(sp.latex(sp.Integral(sp.sqrt(x), x)), sp.pretty(x ** 2 / y, use_unicode=True), sp.ccode(x ** 3), sp.mathml(x + 1), sep="\n")
print(parse_expr("2*x + sin(y)").subs({x: 1, y: 0}), sp.lambdify(x, x ** 2, "math")(5), sp.N(sp.pi, 30), sp.Rational(1, 3) + 1)
print(codegen(("f", x * y), "C99", "file", header=False)[0][1], units.convert_to(units.kilometer, units.meter))
sp.plotting.textplot(x ** 2, 0, 4, W=20, H=5)
print(sp.isprime(2 ** 61 - 1), sp.FiniteSet(1, 2) & sp.Interval(2, 3))
try:
    sp.Matrix([[1, 1], [1, 1]]).inv()
except ValueError as error:
    print(error)
