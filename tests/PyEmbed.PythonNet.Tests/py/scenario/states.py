"""Counts the thread states of this interpreter, by CPython's own list of them."""

import ctypes

api = ctypes.PyDLL(None)
for name in ("PyInterpreterState_Get", "PyInterpreterState_ThreadHead", "PyThreadState_Next"):
    function = getattr(api, name)
    function.restype = ctypes.c_void_p
    function.argtypes = [] if name == "PyInterpreterState_Get" else [ctypes.c_void_p]


def count():
    result = 0
    state = api.PyInterpreterState_ThreadHead(api.PyInterpreterState_Get())
    while state:
        result += 1
        state = api.PyThreadState_Next(state)
    return result
