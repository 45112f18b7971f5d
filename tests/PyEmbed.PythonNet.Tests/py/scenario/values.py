"""Names of several kinds."""

import sys

__all__ = ["ANSWER", "add", "greet"]

ANSWER = 42
NOT_EXPORTED = "only by its name"
ARGUMENTS_AT_IMPORT = list(sys.argv)
state = 0


def add(left, right=1):
    return left + right


def greet(name, *, punctuation="!"):
    return f"Hello, {name}{punctuation}"
