"""What the workers do."""

from math import isqrt

from .wheel import candidates


def count(start, stop):
    """How many primes there are from *start* to below *stop*."""
    return sum(all(number % divisor for divisor in range(3, isqrt(number) + 1, 2)) for number in candidates(start, stop))
