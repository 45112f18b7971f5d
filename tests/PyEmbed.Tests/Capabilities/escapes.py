"""Ways out of what capabilities grant, in the package techniques: each reaches a file, a socket, a process, native code or the environment.

Run by tests/PyEmbed.TestHost, once without capabilities, where every technique must work, and once with none granted but
the folder ``granted``, where none may. A technique returns what it has reached; what it only tried counts as nothing.
Prints a line each: name, ``reached`` or ``denied`` or ``missing`` (this CPython or system has not got it), and what.

sys.argv: a folder with secret.txt, outside/ and granted/ (readable and writable; granted/link leads to outside/,
granted/link.txt to secret.txt); the port of a TCP server on this machine; descriptors of the host: secret.txt, open for
reading and writing, and a connected socket.
"""

import importlib

from techniques.support import Missing, techniques

for name in ['paths', 'descriptors', 'libraries', 'originals', 'folders', 'processes', 'network', 'native_code', 'bytecode', 'environment']:
    importlib.import_module(f'techniques.{name}')


def main():
    for each in techniques:
        try:
            found = each()
            word, what = ('reached', repr(found)) if found not in (None, False, '', b'') else ('denied', 'nothing found')
        except Missing as error:
            word, what = 'missing', str(error)
        except Exception as error:
            word, what = 'denied', f'{type(error).__name__}: {error}'
        print(each.__name__, word, what.replace('\n', ' ')[:300], sep='\t', flush=True)


main()
