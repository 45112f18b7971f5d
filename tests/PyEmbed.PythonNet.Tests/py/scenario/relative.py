from .deep import leaf
from .deep.leaf import LEAF as leaf_value
from . import values as sibling
from scenario.values import ANSWER
