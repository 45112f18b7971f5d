"""The numbers that may be prime."""


def candidates(start, stop):
    """The odd numbers from *start* to below *stop*, and 2."""
    if start <= 2 < stop:
        yield 2
    yield from range(max(3, start | 1), stop, 2)
