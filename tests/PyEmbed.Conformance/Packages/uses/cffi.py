"""C called through its declarations without a compiler; the C source that a compiler would get."""

import sys

import cffi
from cffi import cffi_opcode, pkgconfig, recompiler, verifier

ffi = cffi.FFI()
ffi.cdef("""
    typedef struct { int x; double y; char name[8]; } item;
    int abs(int n);
    size_t strlen(const char *s);
    void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
""")
c = ffi.dlopen(None)
print(c.abs(-5), c.strlen(b"four"), ffi.sizeof("item"), ffi.offsetof("item", "y"))
values = ffi.new("int[]", [3, 1, 2])


@ffi.callback("int(const void *, const void *)")
def compare(one, other):
    return ffi.cast("int *", one)[0] - ffi.cast("int *", other)[0]


c.qsort(values, 3, ffi.sizeof("int"), compare)
print(list(values), ffi.typeof("item *"), [name for name, _ in ffi.typeof("item").fields])
item = ffi.new("item *", {"x": 1, "y": 2.5, "name": b"n"})
print(item.x, item.y, ffi.string(item.name), ffi.buffer(item)[:4], ffi.typeof("int(*)(char)").args)
builder = cffi.FFI()
builder.cdef("int twice(int n); enum e { A, B };")
builder.set_source("_twice", "int twice(int n) { return 2 * n; } enum e { A, B };")
builder.emit_c_code("twice.c")
print(sum(1 for line in open("twice.c") if "twice" in line))
builder = cffi.FFI()
builder.set_source("_pure", None)
builder.cdef("int abs(int);")
builder.emit_python_code("pure.py")
print([line[:40] for line in open("pure.py")])
for text in ("int f(", "struct s { unknown x; };"):
    try:
        cffi.FFI().cdef(text)
    except cffi.CDefError as error:
        print(type(error).__name__, str(error).splitlines()[0])
