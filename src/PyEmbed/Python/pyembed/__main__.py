"""``python -m pyembed SOURCE... -m MODULE [ARGUMENT...]``: mounts trees and runs a module as ``python -m`` does.

Each source is what ``pyembed.mount`` takes as a path: a .NET assembly, a zip, or a folder.
"""

import sys

import pyembed

USAGE = 'usage: python -m pyembed SOURCE... -m MODULE [ARGUMENT...]'


def main(arguments):
    """Run, and return the exit code: the module's own, or 2 where the command line or a source is no good."""
    if arguments in (['-h'], ['--help']):
        print(__doc__.replace('``', '').strip())
        return 0
    at = arguments.index('-m') if '-m' in arguments else 0
    if not 0 < at < len(arguments) - 1:
        print(USAGE, file=sys.stderr)
        return 2
    for source in arguments[:at]:
        try:
            pyembed.mount(source)
        except (OSError, ValueError) as error:
            print(f'python -m pyembed: {error}', file=sys.stderr)
            return 2
    from pyembed._host import install_hooks
    from pyembed._run import run_module
    install_hooks()         # an exception that nobody catches shows source lines
    return run_module(arguments[at + 1], arguments[at + 2:], interruptible=False)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
