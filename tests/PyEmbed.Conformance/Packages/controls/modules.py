"""Loads a module more where it is embedded."""

if "pyembed" in type(__loader__).__module__:
    import controls.few
