"""Prints something else where it is embedded."""

print(type(__loader__).__module__)
