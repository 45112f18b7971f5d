from ..values import ANSWER

LEAF = ("leaf", ANSWER)


class Node:
    def __init__(self, value=None):
        self.value = value

    def __eq__(self, other):
        return type(other) is Node and other.value == self.value

    __hash__ = None
