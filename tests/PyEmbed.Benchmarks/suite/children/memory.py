"""Prints the bytes that are resident after a script, in all and of the process alone (anonymous), by one way of importing.

    python -I -S memory.py WAY WORK WHAT PLACE PACKAGE SCRIPT
"""

import json
import sys

sys.path.insert(0, __file__.rpartition('/')[0])
import ways

del sys.path[0]
way, work, what, place, package, script = sys.argv[1:]
with open(script, encoding='utf-8') as file:
    code = compile(file.read(), script, 'exec')
mount = ways.prepare(way, work, what, place, package)
mount()
exec(code, {'__name__': '__main__'})
with open('/proc/self/status', encoding='ascii') as file:
    sizes = dict(line.split(':', 1) for line in file)
print(json.dumps({name: 1024 * int(sizes[key].split()[0]) for name, key in (('resident', 'VmRSS'), ('anonymous', 'RssAnon'))}))
