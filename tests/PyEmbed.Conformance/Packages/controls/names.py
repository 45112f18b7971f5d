"""Has a name more where it is embedded."""

if "pyembed" in type(__loader__).__module__:
    more = 1
