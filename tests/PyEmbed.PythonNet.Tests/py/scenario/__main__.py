import sys

RAN = (__name__, __package__, list(sys.argv))
