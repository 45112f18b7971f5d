"""Does the same on both sides, with next to no modules in use."""

print("the same")
