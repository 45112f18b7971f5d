"""What the checks share: what the host has said, their registry, and what a denial is."""

import os
import sys

FOLDER, PORT, MODE = sys.argv[1], int(sys.argv[2]), sys.argv[5]
GRANTED = os.path.join(FOLDER, 'granted')
checks = []


def check(mode):
    """Registers a check for what is granted in that mode (GrantTests.cs)."""
    def add(function):
        if MODE == mode:
            checks.append(function)
        return function
    return add


def denied(function, *args, error=PermissionError, words=''):
    """The call is denied, and says why."""
    try:
        result = function(*args)
    except error as raised:
        assert words in str(raised), f'{raised} does not say {words!r}'
        return
    raise AssertionError(f'{function.__name__}{args} was not denied: {result!r}')
