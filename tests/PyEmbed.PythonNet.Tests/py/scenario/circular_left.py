from . import circular_right

SIDE = "left"


def other():
    return circular_right.SIDE
