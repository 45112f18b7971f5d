"""What capabilities grant, and what nobody needs leave for: it works as without them. The checks are in the package checks.

Run by tests/PyEmbed.TestHost; sys.argv as for escapes.py, and the name of the checks that fit what is granted. Prints a
line a check: name, ``ok`` or ``failed``, and why.
"""

import importlib
import traceback

from checks.support import checks

for name in ['files', 'library', 'descriptors', 'network', 'encryption', 'programs']:
    importlib.import_module(f'checks.{name}')

for each in checks:
    try:
        each()
        print(each.__name__, 'ok', '', sep='\t', flush=True)
    except BaseException:
        print(each.__name__, 'failed', traceback.format_exc().replace('\n', ' | '), sep='\t', flush=True)
