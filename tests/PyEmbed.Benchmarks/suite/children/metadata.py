"""Prints the processor seconds of listing the entry points of all distributions, and of asking for one's version, by one way.

    python -I -S metadata.py WAY WORK WHAT PLACE PACKAGE COUNT
"""

import sys
import time

sys.path.insert(0, __file__.rpartition('/')[0])
import ways

del sys.path[0]
way, work, tree, place, package, count = sys.argv[1:]
import importlib.metadata

mount = ways.prepare(way, work, tree, place, package)
mount()
begin = time.process_time()
found = importlib.metadata.entry_points()
found = found.select(group='bench.plugins') if hasattr(found, 'select') else found['bench.plugins']
version = importlib.metadata.version('dist-7')
spent = time.process_time() - begin
if len(found) != int(count) or version != '1.7':
    raise SystemExit(f'{len(found)} entry points and version {version}')
print(spent)
