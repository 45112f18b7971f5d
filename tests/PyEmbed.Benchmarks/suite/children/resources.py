"""Reads resources by one way. Prints the processor seconds of reading all; or for one large file, by how many bytes
the memory that is the process's own (anonymous: not what it has mapped of files) has grown at its peak.

    python -I -S resources.py small|part|whole WAY WORK WHAT PLACE PACKAGE
"""

import sys
import time

sys.path.insert(0, __file__.rpartition('/')[0])
import ways

del sys.path[0]
what, way, work, tree, place, package = sys.argv[1:]
import importlib.resources

mount = ways.prepare(way, work, tree, place, package)
mount()
import holder

LARGE = 'large.bin'
STEP = 1 << 20


def own():
    """The bytes that are resident and of this process alone."""
    with open('/proc/self/status', encoding='ascii') as file:
        return 1024 * int(dict(line.split(':', 1) for line in file)['RssAnon'].split()[0])


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
    begin = own()
    sizes, length = [], 0
    with folder.joinpath(LARGE).open('rb') as file:
        sizes.append(own())
        if what == 'part':
            file.seek(50 * STEP)        # one megabyte from the middle
        while content := file.read(STEP):
            sizes.append(own())
            length += len(content)
            if content != bytes(range(256)) * (STEP // 256):
                raise SystemExit('other bytes were read')
            if what == 'part':
                break
    if length != (STEP if what == 'part' else 100 * STEP):
        raise SystemExit(f'{length} bytes were read')
    print(max(sizes) - begin)
