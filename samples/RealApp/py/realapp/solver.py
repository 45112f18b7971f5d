from sympy import integrate, primerange, solve, symbols, sympify

x = symbols("x")


def antiderivative(expression):
    """The antiderivative of an expression in x, as text."""
    return str(integrate(sympify(expression), x))


def roots(expression):
    """The roots of an expression in x, sorted, as text."""
    return str(sorted(solve(sympify(expression), x)))


def primes_below(limit):
    """How many primes there are below limit."""
    return sum(1 for _ in primerange(limit))
