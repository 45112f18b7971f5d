"""Prints the processor seconds, in the process and in the system for it, that a script takes by one way of importing.

    python -I -S imports.py WAY WORK WHAT PLACE PACKAGE SCRIPT
"""

import sys
import time

sys.path.insert(0, __file__.rpartition('/')[0])
import ways

del sys.path[0]
way, work, what, place, package, script = sys.argv[1:]
with open(script, encoding='utf-8') as file:
    code = compile(file.read(), script, 'exec')
mount = ways.prepare(way, work, what, place, package)
begin = time.process_time()
end = mount()
exec(code, {'__name__': '__main__'})
if end is not None:
    end()
print(time.process_time() - begin)
