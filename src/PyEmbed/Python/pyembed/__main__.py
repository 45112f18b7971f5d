"""``python -m pyembed SOURCE... -m MODULE [ARGUMENT...]``: mounts trees and runs a module as ``python -m`` does.

Each source is what ``pyembed.mount`` takes as a path: a .NET assembly, a zip, or a folder.

``python -m pyembed report BUNDLE...``: mounts bundles and prints what this system then has, as JSON. ``pyembed bundle --report``
on the other side takes it, to leave that out.
"""

import sys

import pyembed

USAGE = 'usage: python -m pyembed SOURCE... -m MODULE [ARGUMENT...]\n       python -m pyembed report BUNDLE...'


def main(arguments):
    """Run, and return the exit code: the module's own, or 2 where the command line or a source is no good."""
    if arguments in (['-h'], ['--help']):
        print(__doc__.replace('``', '').strip())
        return 0
    at = arguments.index('-m') if '-m' in arguments else 0
    if at == 0 and arguments[:1] == ['report']:
        import contextlib
        import json
        with contextlib.redirect_stdout(sys.stderr):        # what requirements print when they are asked is not the report
            if not _mount(arguments[1:]):
                return 2
            received = pyembed.report()['received']
        print(json.dumps({'received': received}))
        return 0
    if not 0 < at < len(arguments) - 1:
        print(USAGE, file=sys.stderr)
        return 2
    if not _mount(arguments[:at]):
        return 2
    from pyembed._host import install_hooks
    from pyembed._run import run_module
    install_hooks()         # an exception that nobody catches shows source lines
    return run_module(arguments[at + 1], arguments[at + 2:], interruptible=False)


def _mount(sources):
    """Mount sources; where one cannot be, say so and return False."""
    for source in sources:
        try:
            pyembed.mount(source)
        except (OSError, ValueError) as error:
            print(f'python -m pyembed: {error}', file=sys.stderr)
            return False
    return True


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
