"""Reads resources by one way. Prints the processor seconds of reading all; or for one large file, how many bytes the process has grown by at its peak.

    python -I -S resources.py small|part|whole|copy WAY WORK WHAT PLACE PACKAGE
"""

import sys
import time

sys.path.insert(0, __file__.rpartition('/')[0])
import ways

del sys.path[0]
what, way, work, tree, place, package = sys.argv[1:]
import importlib.resources
import resource

mount = ways.prepare(way, work, tree, place, package)
mount()
import holder

LARGE = 'large.bin'
STEP = 1 << 20


def peak():
    """The most memory that was resident at a time, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


folder = importlib.resources.files(holder)
folder.joinpath('first.txt').read_bytes()       # what reading loads once is not what is measured
if what == 'small':
    names = [f'r{number:05}.txt' for number in range(10_000)]
    begin = time.process_time()
    length = 0
    for name in names:
        length += len(folder.joinpath(name).read_bytes())
    spent = time.process_time() - begin
    if length != 10_000 * 1000:
        raise SystemExit(f'{length} bytes were read')
    print(spent)
else:
    begin = peak()
    if what == 'part':
        # One megabyte from the middle.
        with folder.joinpath(LARGE).open('rb') as file:
            file.seek(50 * STEP)
            content = file.read(STEP)
        if content != bytes(range(256)) * (STEP // 256):
            raise SystemExit('other bytes were read')
    elif what == 'whole':
        # All of it, a megabyte at a time.
        length = 0
        with folder.joinpath(LARGE).open('rb') as file:
            while content := file.read(STEP):
                length += len(content)
        if length != 100 * STEP:
            raise SystemExit(f'{length} bytes were read')
    print(peak() - begin)
