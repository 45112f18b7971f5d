import sys

import pyembed

from .solver import antiderivative, primes_below, roots


def main(args):
    """Integrates, solves and counts primes, then says where the code came from."""
    integrand, equation = (args + ["sin(x)**2", "x**3 - 6*x**2 + 11*x - 6"][len(args):])[:2]
    print(f"integral of {integrand}: {antiderivative(integrand)}")
    print(f"roots of {equation}: {roots(equation)}")
    print(f"primes below 10000: {primes_below(10_000)}")

    loaded = sum(len(mount["modules"]) for mount in pyembed.report()["mounts"])
    installed = [entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))]
    print(f"modules imported from the assembly: {loaded}")
    print(f"folders of installed packages on sys.path: {len(installed)}")
    return 0
