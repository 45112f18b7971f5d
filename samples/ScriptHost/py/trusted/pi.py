"""The number pi by chance: of *samples* points in a square, how many lie in its circle. More of them take longer, until the caller leaves."""

import logging
from random import Random

if not isinstance(samples, int) or samples < 1:
    raise ValueError(f'samples is {samples!r}: give a whole number above zero')
logging.getLogger('trusted.pi').info('%d samples', samples)
random = Random(seed)
inside = 0
for _ in range(samples):
    x, y = random.random(), random.random()
    inside += x * x + y * y < 1
print(f'{inside} of {samples} points')
result = 4 * inside / samples
