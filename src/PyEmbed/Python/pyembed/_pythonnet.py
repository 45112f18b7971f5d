"""What the bridge to pythonnet does inside Python."""

import sys

slot = [None]       # an object on its way from one host to the other, while the GIL is held


def put_before_namespaces():
    """Move pythonnet's finder, which takes every .NET namespace for a package, behind those that find what is embedded."""
    finders = sys.meta_path
    for finder in list(finders):
        if type(finder).__module__ == 'clr.loader':
            finders.remove(finder)
            finders.append(finder)
