from . import circular_left

SIDE = "right"


def other():
    return circular_left.SIDE
