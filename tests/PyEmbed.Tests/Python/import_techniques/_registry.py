"""The list of all techniques."""

import sys

TECHNIQUES = []


def technique(title, script, *, late=False, names=None, until=None):
    """*names* are a denied and an allowed module of the standard library, in the place of NAME; *until* is the first version
    of Python that has not what the script uses."""
    if until is None or sys.version_info < until:
        TECHNIQUES.append((title, script, late, names))
